# METADATA
# title: Of sensitive data a business gets positions only, on a grid
# description: Positions are rounded to the grid in every use, aggregates included; other sensitive data are refused.
package phantang.rules.business.location_grid

import data.phantang.lib.facts
import data.phantang.lib.masks
import data.phantang.lib.tags

narrow contains object.union(masks.generalization(column), {
	"effect": "mask",
	"table": column.table,
	"column": column.name,
	"text": "grid",
}) if {
	some column in facts.columns_under["business/location_grid"]
	position(column)
}

narrow contains {"effect": "deny", "table": column.table, "column": column.name, "text": "not_a_position"} if {
	some column in facts.columns_under["business/location_grid"]
	not position(column)
}

# Every tag is a position's: one that also says something else stays refused.
position(column) if {
	count(column.tags) > 0
	every tag in column.tags { tags.within(tag, data.law.identifiers.location) }
}
