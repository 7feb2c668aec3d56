# METADATA
# title: Tests of aggregate/group_size
package phantang.tests.rules.aggregate.group_size

import data.phantang.rules.aggregate.group_size as rule
import data.phantang.tests.lib.sample

size(narrowings) := {n.obligation.min_group_size | some n in narrowings}

test_ten_people if {
	size(rule.narrow) == {10} with input as sample.statistics("dashboard", [sample.people([])])
}

test_twenty_where_sensitive_data_take_part if {
	asked := sample.statistics("dashboard", [sample.people([sample.column("ton_giao", ["aggregate"])])])
	size(rule.narrow) == {20} with input as asked
}

test_ten_for_a_grid_of_positions if {
	asked := sample.statistics("business", [sample.people([sample.column("vi_do", ["group"])])])
	size(rule.narrow) == {10} with input as asked
}

test_people_must_be_countable if {
	table := object.union(sample.people([]), {"privacy_unit": null})
	{n.text | some n in rule.narrow} == {"size", "no_unit"} with input as sample.statistics("dashboard", [table])
}

test_people_along_a_foreign_key_are_countable if {
	table := object.union(sample.people([]), {"privacy_unit": null, "followed": true})
	{n.text | some n in rule.narrow} == {"size"} with input as sample.statistics("dashboard", [table])
}

test_silent_for_codes if {
	count(rule.narrow) == 0 with input as sample.statistics("dashboard", [sample.codes([])])
}
