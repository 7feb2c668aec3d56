# METADATA
# title: Tests of limit/lookups
package phantang.tests.rules.limit.lookups

import data.phantang.rules.limit.lookups as rule
import data.phantang.tests.lib.sample

asked(who) := sample.request(who, [sample.people([sample.column("so_cccd", ["lookup"])])])

test_counts_a_lookup if {
	{n.obligation | some n in rule.narrow} == {{"lookups_per_day": 200}} with input as asked("officer")
	{n.obligation | some n in rule.narrow} == {{"lookups_per_day": 50}} with input as asked("citizen")
}

test_silent_without_a_lookup if {
	count(rule.narrow) == 0 with input as sample.request("police", [sample.people([sample.column("so_cccd", ["output"])])])
}

test_silent_for_a_lookup_of_a_code if {
	read := [sample.column("ma_xa", ["lookup"])]
	count(rule.narrow) == 0 with input as sample.request("officer", [sample.codes(read)])
}

test_no_limit_no_lookup if {
	every limits in [{}, {"otherwise": 0}, {"otherwise": 50, "commune_officer_single_case": 0}] {
		{n.effect | some n in rule.narrow} == {"deny"} with input as asked("officer")
			with data.law.limits.lookups_a_day as limits
	}
}
