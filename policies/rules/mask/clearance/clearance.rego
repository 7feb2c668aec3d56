# METADATA
# title: Not above the clearance
# description: |
#   Whatever the purpose permits, a column above the subject's clearance is at least masked. Statistics show what
#   many people share and have their own rules.
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
	column.tier in above
	not counted(column)
}

above := {tier | some tier in facts.tiers; not cleared(tier)}

# T4a and T4b are parts of T4.
cleared(tier) if substring(tier, 0, 2) <= input.subject.clearance

counted(column) if "aggregate/statistics" in column.under
