# METADATA
# title: Tests of mask/clearance
package phantang.tests.rules.mask.clearance

import data.phantang.rules.mask.clearance as rule
import data.phantang.tests.lib.sample

asked := sample.request("police", [sample.people([sample.column("ton_giao", ["output"]), sample.column("ho_ten", ["output"])])])

test_masks_above_the_clearance if {
	{[n.column, n.mask] | some n in rule.narrow} == {["ton_giao", "MASK_NULL"]} with input as object.union(
		asked,
		{"subject": {"clearance": "T2"}},
	)
}

test_masks_everything_without_a_clearance if {
	unknown := object.union(object.remove(asked, ["subject"]), {"subject": {"level": "nation"}})
	count(rule.narrow) == 2 with input as unknown
}

test_silent_within_the_clearance if count(rule.narrow) == 0 with input as asked

test_statistics_have_their_own_rules if {
	counted := sample.statistics("dashboard", [sample.people([sample.column("ton_giao", ["aggregate"])])])
	count(rule.narrow) == 0 with input as object.union(counted, {"subject": {"clearance": "T0"}})
}
