# METADATA
# title: Not above the clearance
# description: |
#   Whatever the purpose permits, a column above the subject's clearance is at least masked. Statistics show no value of
#   it and have their own rules.
package phantang.rules.mask.clearance

import data.phantang.lib.facts
import data.phantang.lib.masks

narrow contains object.union(masks.for_column(column), {
	"effect": "mask",
	"table": column.table,
	"column": column.name,
	"text": "above",
	"args": {"tier": column.tier},
}) if {
	some column in facts.columns
	not cleared(column)
	not counted(column)
}

cleared(column) if column.tier <= input.subject.clearance

counted(column) if "aggregate/statistics" in column.under
