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
	some column in counted
	"join" in column.uses
	not category(column)
}

governed contains name if some name in statistical

governed contains column.table if some column in facts.columns_under["aggregate/statistics"]

# Columns that decide which groups there are, or are shown beside them.
shaping := [column |
	some column in counted
	count(column.uses - {"aggregate", "join"}) > 0
]

# The columns of such cells. In a table of statistics also what is personal and would be seen as it is: a group of its
# values, or the least of them, is a value of somebody.
counted := [column | some column in facts.columns; counts(column)]

counts(column) if "aggregate/statistics" in column.under

counts(column) if {
	column.table in statistical
	column.tier >= data.law.limits.personal_from
	data.law.letters[facts.cells[column.tier].permit].clear == true
}

statistical contains table.name if {
	some table in facts.tables
	"aggregate/statistics" in table.under
}

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
