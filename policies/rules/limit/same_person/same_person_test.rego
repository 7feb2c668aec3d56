# METADATA
# title: Tests of limit/same_person
package phantang.tests.rules.limit.same_person

import data.phantang.rules.limit.same_person as rule
import data.phantang.tests.lib.sample

asked(who) := sample.statistics(who, [sample.people([
	sample.column("so_cccd", ["lookup"]),
	sample.column("ho_ten", ["lookup"]),
	sample.column("ngay_sinh", ["lookup"]),
])])

test_a_business_asks_about_a_person_a_few_times if {
	{n.obligation | some n in rule.narrow} == {{"lookups_per_person": 5}} with input as asked("bank")
}

test_others_have_cases_and_a_limit_a_day if {
	every who in ["officer", "police", "auditor", "citizen"] {
		count(rule.narrow) == 0 with input as asked(who)
	}
}

test_silent_without_a_lookup if {
	count(rule.narrow) == 0 with input as sample.statistics("bank", [sample.people([sample.column("so_cccd", ["aggregate"])])])
}

test_no_limit_no_question if {
	every limits in [{}, {"business_consent": 0}, {"otherwise": 5}] {
		{n.effect | some n in rule.narrow} == {"deny"} with input as asked("bank")
			with data.law.limits.lookups_of_a_person_a_day as limits
	}
}
