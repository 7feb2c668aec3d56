# METADATA
# title: A person's own rows
# description: A person may see their own data once the request carries an identity the gateway can bind to rows; it cannot yet.
package phantang.rules.subject.own_rows

import data.phantang.lib.facts

narrow contains {"effect": "deny", "table": table.name, "text": "unbound"} if {
	some table in facts.tables
	"subject/own_rows" in table.under
}
