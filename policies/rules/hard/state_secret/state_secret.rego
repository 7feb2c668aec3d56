# METADATA
# title: Suspected state secret
# description: Whatever is suspected to be a state secret is refused to everyone and referred to a competent person.
package phantang.rules.hard.state_secret

import data.phantang.lib.facts

narrow contains {"effect": "deny", "table": column.table, "column": column.name, "text": "refer"} if {
	some column in facts.columns
	column.tier in data.law.limits.state_secret.tiers
}

narrow contains {"effect": "deny", "table": column.table, "column": column.name, "text": "refer"} if {
	some mark in marks
	some column in facts.columns
	mark in column.kinds
}

narrow contains {"effect": "deny", "table": table.name, "text": "refer"} if {
	some table in facts.tables
	table.tier in data.law.limits.state_secret.tiers
}

narrow contains {"effect": "deny", "table": table.name, "text": "refer"} if {
	some mark in marks
	some table in facts.tables
	mark in table.kinds
}

marks := {kind | some kind in data.law.limits.state_secret.tags; kind in facts.kinds}
