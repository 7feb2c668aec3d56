# METADATA
# title: Tests of business/location_grid
package phantang.tests.rules.business.location_grid

import data.phantang.rules.business.location_grid as rule
import data.phantang.tests.lib.sample

test_rounds_positions_in_every_use if {
	asked := sample.statistics("business", [sample.people([sample.column("vi_do", ["aggregate"])])])
	{[n.mask, n.params] | some n in rule.narrow} == {["GENERALIZE", {"kind": "grid", "step": 0.01}]} with input as asked
}

test_refuses_other_sensitive_data if {
	asked := sample.statistics("business", [sample.people([sample.column("ton_giao", ["aggregate"])])])
	sample.effects(rule.narrow) == {["deny", "ton_giao"]} with input as asked
}

test_refuses_a_position_that_says_more if {
	both := object.union(sample.column("vi_do", ["aggregate"]), {"tags": ["sensitive.location", "sensitive.health"]})
	sample.effects(rule.narrow) == {["deny", "vi_do"]} with input as sample.statistics("business", [sample.people([both])])
}

test_refuses_what_nobody_classified if {
	unknown := object.union(sample.unclassified("quy_hoach", ["aggregate"]), {"tags": []})
	asked := sample.statistics("business", [sample.people([unknown])])
	sample.effects(rule.narrow) == {["deny", "quy_hoach"]} with input as asked
}
