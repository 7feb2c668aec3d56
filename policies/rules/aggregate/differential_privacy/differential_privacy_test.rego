# METADATA
# title: Tests of aggregate/differential_privacy
package phantang.tests.rules.aggregate.differential_privacy

import data.phantang.rules.aggregate.differential_privacy as rule
import data.phantang.tests.lib.sample

marked(read) := object.union(sample.people(read), {"differential_privacy": {"epsilon": 0.5, "budget": 5}})

duties(narrowings) := {n.obligation.differential_privacy | some n in narrowings}

test_statistics_of_a_marked_table_are_noisy if {
	every who in ["dashboard", "business", "researcher"] {
		duties(rule.narrow) == {{"epsilon": 0.5, "budget": 5}} with input as sample.statistics(who, [marked([])])
	}
}

test_silent_where_rows_are_read if {
	count(rule.narrow) == 0 with input as sample.statistics("auditor", [marked([])])
}

test_silent_for_a_table_without_the_mark if {
	count(rule.narrow) == 0 with input as sample.statistics("dashboard", [sample.people([])])
}
