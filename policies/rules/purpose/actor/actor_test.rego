# METADATA
# title: Tests of purpose/actor
package phantang.tests.rules.purpose.actor

import data.phantang.rules.purpose.actor as rule
import data.phantang.tests.lib.sample

asked := sample.request("officer", [sample.people([])])

test_silent_for_an_open_purpose if count(rule.narrow) == 0 with input as asked

test_refuses_a_purpose_of_others if {
	count(rule.narrow) == 1 with input as object.union(asked, {"context": {"purpose": "L3"}})
}

test_refuses_an_unknown_actor if {
	count(rule.narrow) == 1 with input as object.union(asked, {"subject": {"actor": "nguoi_la"}})
}
