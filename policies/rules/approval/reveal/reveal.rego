# METADATA
# title: Masked unless the owner approves
# description: What the matrix marks MP is empty until the owner's written approval for this source and tier is recorded.
package phantang.rules.approval.reveal

import data.phantang.lib.approvals
import data.phantang.lib.facts
import data.phantang.lib.masks

narrow contains object.union(masks.nothing, {
	"effect": "mask",
	"table": column.table,
	"column": column.name,
	"text": approvals.said(tier),
	"args": {"tier": column.tier},
	"change": {"tier": column.tier},
}) if {
	some column in facts.columns_under["approval/reveal"]
	tier := column.tier
	not approved(tier)
}

approved(tier) if tier in approvals.tiers
