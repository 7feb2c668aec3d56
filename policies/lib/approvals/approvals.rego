# METADATA
# title: Approvals
# description: The owners' approvals in the subject's entry of the register. One covers one source and one tier, until its last day.
package phantang.lib.approvals

import data.phantang.lib.dates

# METADATA
# description: The tiers of this source that its owner has approved for the subject. Where approvals are registered, others do not count.
tiers contains approval.tier if {
	some approval in input.subject.approvals
	approval.source == input.resource.source
	approval.status in {"unchecked", "registered"}
	dates.current(approval.valid_until)
}

# METADATA
# description: Why there is no approval of a tier - none is on file, or the one on file is not what its register says.
said(tier) := "revoked" if {
	"revoked" in statuses(tier)
} else := "unknown" if {
	"unknown" in statuses(tier)
} else := "missing"

statuses(tier) := {approval.status |
	some approval in input.subject.approvals
	approval.source == input.resource.source
	approval.tier == tier
}
