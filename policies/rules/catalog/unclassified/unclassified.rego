# METADATA
# title: Not classified yet
# description: A column nobody has classified counts as sensitive, and the answer says so.
package phantang.rules.catalog.unclassified

import data.phantang.lib.facts

narrow contains {"effect": "note", "table": column.table, "column": column.name, "text": "counts_as_sensitive"} if {
	some column in facts.columns
	object.get(column, "classified", false) != true
}
