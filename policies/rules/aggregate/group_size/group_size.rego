# METADATA
# title: No small groups
# description: |
#   Every group stands for at least so many different people as the matrix says; the strictest cell counts. People are told
#   apart by the table's privacy unit, or by that of the table its foreign key leads to.
package phantang.rules.aggregate.group_size

import data.phantang.lib.facts

narrow contains {"effect": "oblige", "table": table.name, "obligation": obligation, "text": "size", "args": args} if {
	some table in facts.tables
	size := max(sizes[table.name])
	obligation := {"aggregate_only": true, "min_group_size": size}
	args := {"size": format_int(size, 10)}
}

narrow contains {"effect": "deny", "table": table.name, "text": "no_unit"} if {
	some table in facts.tables
	sizes[table.name]
	table.privacy_unit == null
	table.followed != true
}

# Of the tables the rule governs, the sizes asked for by the tiers read.
sizes[table.name] := found if {
	some table in facts.tables
	tiers_read := {table.row_tier} | {column.tier | some column in table.columns}
	found := {size_of[tier] | some tier in tiers_read}
	count(found) > 0
}

size_of := {tier: cell.min_group_size | some tier, cell in facts.cells; "aggregate/group_size" in cell.under}
