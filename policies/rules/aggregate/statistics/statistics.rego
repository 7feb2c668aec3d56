# METADATA
# title: Statistics only
# description: |
#   Where the matrix says G, the answer is aggregates. A personal column is counted or averaged; to group, filter, sort
#   or show by it, it is a category of law/statistics, or it is generalised if its tag can be. Anything but a category
#   joins tables as a token.
package phantang.rules.aggregate.statistics

import data.phantang.lib.facts
import data.phantang.lib.masks
import data.phantang.lib.tags

narrow contains {"effect": "deny", "table": item.name, "text": "rows"} if {
	not facts.aggregate_only
	some item in facts.tables
	item.name in governed
}

narrow contains {"effect": "note", "table": column.table, "column": column.name, "text": "category"} if {
	some column in shaping
	category(column)
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
	not category(column)
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
	some column in facts.columns_under["aggregate/statistics"]
	"join" in column.uses
	not category(column)
}

governed contains table.name if {
	some table in facts.tables
	"aggregate/statistics" in table.under
}

governed contains column.table if some column in facts.columns_under["aggregate/statistics"]

# Columns that decide which groups there are, or are shown beside them.
shaping := [column |
	some column in facts.columns_under["aggregate/statistics"]
	count(column.uses - {"aggregate", "join"}) > 0
]

# Every tag is a category's, and the cell asks for groups as large as the category does.
category(column) if {
	column.classified == true
	count(column.tags) > 0
	size := facts.cells[column.tier].min_group_size
	every tag in column.tags { shapes(tag, column.tags, size) }
}

shapes(tag, beside, size) if {
	tag in data.law.statistics.may_shape[facts.requester]
	size >= data.law.statistics.categories[tag].at_least
} else if {
	some finer in beside
	finer != tag
	tags.within(finer, [tag])
}
