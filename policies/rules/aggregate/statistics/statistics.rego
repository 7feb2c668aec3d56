# METADATA
# title: Statistics only
# description: |
#   Where the matrix says G, the answer is aggregates. A personal column is counted or averaged; to group, filter, sort
#   or show by it, it is generalised if its tag can be; it joins tables as a token.
package phantang.rules.aggregate.statistics

import data.phantang.lib.facts
import data.phantang.lib.masks

narrow contains {"effect": "deny", "table": item.name, "text": "rows"} if {
	not facts.aggregate_only
	some item in facts.tables
	governs(item)
}

narrow contains object.union(choice, {
	"effect": "mask",
	"table": column.table,
	"column": column.name,
	"text": "generalized",
}) if {
	some column in shaping
	choice := masks.generalization(column)
}

narrow contains {"effect": "deny", "table": column.table, "column": column.name, "text": "shaping"} if {
	some column in shaping
	not masks.generalization(column)
}

narrow contains {
	"effect": "mask",
	"mask": "TOKEN",
	"params": {},
	"table": column.table,
	"column": column.name,
	"text": "joined",
} if {
	some column in facts.columns
	"aggregate/statistics" in column.under
	"join" in column.uses
}

governs(table) if "aggregate/statistics" in table.under

governs(table) if {
	some column in facts.columns
	column.table == table.name
	"aggregate/statistics" in column.under
}

# Columns that decide which groups there are, or are shown beside them.
shaping := [column |
	some column in facts.columns
	"aggregate/statistics" in column.under
	count(column.uses - {"aggregate", "join"}) > 0
]
