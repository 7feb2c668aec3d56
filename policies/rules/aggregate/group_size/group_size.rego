# METADATA
# title: No small groups
# description: Every group stands for at least so many different people as the matrix says; the strictest cell counts.
package phantang.rules.aggregate.group_size

import data.phantang.lib.facts

narrow contains {"effect": "oblige", "table": table.name, "obligation": obligation, "text": "size", "args": args} if {
	some table in facts.tables
	size := max(sizes(table))
	obligation := {"aggregate_only": true, "min_group_size": size}
	args := {"size": format_int(size, 10)}
}

narrow contains {"effect": "deny", "table": table.name, "text": "no_unit"} if {
	some table in facts.tables
	count(sizes(table)) > 0
	table.privacy_unit == null
}

sizes(table) := [size |
	some tier in tiers_read(table)
	"aggregate/group_size" in facts.rules_of[tier]
	size := facts.cells[tier].min_group_size
]

tiers_read(table) := {table.row_tier} | {column.tier | some column in facts.columns; column.table == table.name}
