# METADATA
# title: Noisy counts
# description: |
#   Statistics of a table that the catalog marks are noisy, wherever the matrix asks for groups of a size. The strictest
#   of several marks holds.
package phantang.rules.aggregate.differential_privacy

import data.phantang.lib.facts

narrow contains {"effect": "oblige", "table": table.name, "obligation": obligation, "text": "noise"} if {
	some table in facts.tables
	table.differential_privacy != null
	counted(table)
	obligation := {"differential_privacy": table.differential_privacy}
}

counted(table) if "aggregate/group_size" in table.under

counted(table) if {
	some column in table.columns
	"aggregate/group_size" in column.under
}
