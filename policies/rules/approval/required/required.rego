# METADATA
# title: The owner approves
# description: What the matrix marks P is read only under the owner's written approval, recorded for this source and tier.
package phantang.rules.approval.required

import data.phantang.lib.approvals
import data.phantang.lib.facts

narrow contains {
	"effect": "deny",
	"table": column.table,
	"column": column.name,
	"text": approvals.said(tier),
	"args": {"tier": column.tier},
	"change": {"tier": column.tier},
} if {
	some column in facts.columns_under["approval/required"]
	tier := column.tier
	not approved(tier)
}

narrow contains {
	"effect": "deny",
	"table": table.name,
	"text": approvals.said(tier),
	"args": {"tier": table.row_tier},
	"change": {"tier": table.row_tier},
} if {
	some table in facts.tables
	"approval/required" in table.under
	tier := table.row_tier
	not approved(tier)
}

approved(tier) if tier in approvals.tiers
