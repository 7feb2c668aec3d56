# METADATA
# title: Tests of limit/sample
package phantang.tests.rules.limit.sample

import data.phantang.rules.limit.sample as rule
import data.phantang.tests.lib.sample

test_limits_an_inspector if {
	asked := sample.request("auditor", [sample.people([])])
	{n.obligation | some n in rule.narrow} == {{"max_rows": 100}} with input as asked
}

test_silent_for_codes if {
	count(rule.narrow) == 0 with input as sample.request("auditor", [sample.codes([])])
}
