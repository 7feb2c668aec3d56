# METADATA
# title: Tests of approval/reveal
package phantang.tests.rules.approval.reveal

import data.phantang.rules.approval.reveal as rule
import data.phantang.tests.lib.sample

read := [sample.column("so_cccd", ["lookup"]), sample.column("ton_giao", ["output"])]

asked := sample.request("department", [sample.people(read)])

test_empties_sensitive_columns_of_a_department if sample.effects(rule.narrow) == {["mask", "ton_giao"]} with input as asked

test_silent_once_approved if {
	approval := {"source": "dan_cu", "tier": "T3", "valid_until": "2026-12-31", "status": "registered"}
	count(rule.narrow) == 0 with input as object.union(asked, {"subject": {"approvals": [approval]}})
}

test_silent_for_a_commune if {
	count(rule.narrow) == 0 with input as sample.request("officer", [sample.people(read)])
}
