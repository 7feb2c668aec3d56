# METADATA
# title: Tests of purpose/registered
package phantang.tests.rules.purpose.registered

import data.phantang.rules.purpose.registered as rule
import data.phantang.tests.lib.sample

asked := sample.request("officer", [sample.people([])])

test_refuses_an_unregistered_purpose if {
	count(rule.narrow) == 1 with input as object.union(asked, {"context": {"purpose": "L1"}})
}

test_refuses_when_the_subject_lists_none if {
	bare := object.union(object.remove(asked, ["subject"]), {"subject": {"id": "x"}})
	count(rule.narrow) == 1 with input as bare
}

test_silent_for_a_registered_purpose if count(rule.narrow) == 0 with input as asked

test_silent_without_a_purpose if {
	count(rule.narrow) == 0 with input as object.union(asked, {"context": {"purpose": null}})
}
