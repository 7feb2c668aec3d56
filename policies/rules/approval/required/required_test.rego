# METADATA
# title: Tests of approval/required
package phantang.tests.rules.approval.required

import data.phantang.rules.approval.required as rule
import data.phantang.tests.lib.sample

asked := sample.request("police", [sample.people([sample.column("mo_hiem", ["output"])])])

approved(tier) := object.union(asked, {"subject": {"approvals": [{"source": "dan_cu", "tier": tier, "valid_until": "2026-12-31", "status": "registered"}]}})

test_refuses_core_data if {
	{[n.column, n.change.tier] | some n in rule.narrow} == {["mo_hiem", "T4b"]} with input as asked
}

test_silent_once_approved if count(rule.narrow) == 0 with input as approved("T4b")

test_an_approval_of_important_data_is_not_one_of_core_data if count(rule.narrow) == 1 with input as approved("T4a")

test_a_register_of_a_million_people_is_core if {
	whole := object.union(sample.people([sample.column("ho_ten", ["output"])]), {"subjects": 1000000})
	{n.change.tier | some n in rule.narrow} == {"T4b"} with input as sample.request("police", [whole])
}

test_one_person_of_it_is_not if {
	whole := object.union(sample.people([sample.column("so_cccd", ["lookup"])]), {"subjects": 1000000})
	count(rule.narrow) == 0 with input as sample.request("police", [whole])
}
