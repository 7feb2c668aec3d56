# METADATA
# title: Suspected state secret
# description: Whatever is suspected to be a state secret is refused to everyone and referred to a competent person.
package phantang.rules.hard.state_secret

import data.phantang.lib.facts

narrow contains {"effect": "deny", "table": column.table, "column": column.name, "text": "refer"} if {
	some column in facts.columns
	suspected(column)
}

narrow contains {"effect": "deny", "table": table.name, "text": "refer"} if {
	some table in facts.tables
	suspected(table)
}

suspected(item) if item.tier in data.law.limits.state_secret.tiers

suspected(item) if {
	some kind in item.kinds
	kind in data.law.limits.state_secret.tags
}
