# METADATA
# title: Tests of purpose/valid
package phantang.tests.rules.purpose.valid

import data.phantang.rules.purpose.valid as rule
import data.phantang.tests.lib.sample

asked := sample.request("officer", [sample.people([])])

test_silent_on_the_last_day if {
	context := {"purpose_valid_until": "2026-11-22", "time": "2026-11-22T16:59:59Z"}
	count(rule.narrow) == 0 with input as object.union(asked, {"context": context})
}

test_expired_when_the_last_day_ends_in_viet_nam if {
	context := {"purpose_valid_until": "2026-11-22", "time": "2026-11-22T17:00:00Z"}
	{n.text | some n in rule.narrow} == {"expired"} with input as object.union(asked, {"context": context})
}

test_an_endless_purpose_permits_nothing if {
	endless := object.union(asked, {"context": {"purpose_valid_until": null}})
	{n.text | some n in rule.narrow} == {"endless"} with input as endless
}

test_a_missing_end_is_endless if {
	missing := object.union(object.remove(asked, ["context"]), {"context": {"purpose": "L2", "time": "2026-11-22T17:00:00Z"}})
	{n.text | some n in rule.narrow} == {"endless"} with input as missing
}
