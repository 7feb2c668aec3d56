# METADATA
# title: Approvals
# description: The owners' approvals in the subject's entry of the register. One covers one source and one tier, until its last day.
package phantang.lib.approvals

import data.phantang.lib.dates

# METADATA
# description: The tiers of this source that its owner has approved for the subject.
tiers contains approval.tier if {
	some approval in input.subject.approvals
	approval.source == input.resource.source
	dates.current(approval.valid_until)
}
