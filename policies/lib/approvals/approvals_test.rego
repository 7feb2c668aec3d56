# METADATA
# title: Tests of approvals
package phantang.tests.lib.approvals

import data.phantang.lib.approvals

asked(approval) := {
	"subject": {"approvals": [approval]},
	"resource": {"source": "dan_cu"},
	"context": {"time": "2026-11-22T03:00:00Z"},
}

test_covers_its_tier if {
	approvals.tiers == {"T4a"} with input as asked({"source": "dan_cu", "tier": "T4a", "valid_until": "2026-12-31", "status": "registered"})
}

test_another_source_is_not_covered if {
	count(approvals.tiers) == 0 with input as asked({"source": "y_te", "tier": "T4a", "valid_until": "2026-12-31", "status": "registered"})
}

test_it_ends if {
	count(approvals.tiers) == 0 with input as asked({"source": "dan_cu", "tier": "T4a", "valid_until": "2026-11-21", "status": "registered"})
}

test_none_without_a_register if count(approvals.tiers) == 0 with input as {"subject": {}}

approval(status) := {"source": "dan_cu", "tier": "T4a", "valid_until": "2026-12-31", "status": status}

test_what_the_register_does_not_know_does_not_count if {
	approvals.tiers == {"T4a"} with input as asked(approval("unchecked"))
	every status in ["unknown", "revoked"] {
		count(approvals.tiers) == 0 with input as asked(approval(status))
		approvals.said("T4a") == status with input as asked(approval(status))
		approvals.said("T3") == "missing" with input as asked(approval(status))
	}
}
