# METADATA
# title: Together they say more
# description: Says which columns and registers count higher than their own tier, and why (law/combinations).
package phantang.rules.combination.raised

import data.phantang.lib.facts

narrow contains {
	"effect": "note",
	"table": column.table,
	"column": column.name,
	"text": id,
	"args": {"tier": column.tier},
} if {
	some column in facts.columns
	some id in column.raised_by
}

narrow contains {"effect": "note", "table": table.name, "text": "register", "args": {"tier": table.register}} if {
	some table in facts.tables
	table.register > data.law.limits.sensitive_from
}
