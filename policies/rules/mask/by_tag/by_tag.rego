# METADATA
# title: Masked by tag
# description: Where the matrix says M, personal columns show what the table of masks leaves of their tag.
package phantang.rules.mask.by_tag

import data.phantang.lib.facts
import data.phantang.lib.masks

narrow contains object.union(masks.for_column(column), {
	"effect": "mask",
	"table": column.table,
	"column": column.name,
	"text": "masked",
}) if {
	some column in facts.columns_under["mask/by_tag"]
}
