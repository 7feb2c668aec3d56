# METADATA
# title: Tests of business/contract
package phantang.tests.rules.business.contract

import data.phantang.rules.business.contract as rule
import data.phantang.tests.lib.sample

test_notes_the_agreement if {
	read := [sample.column("quy_hoach", ["output"])]
	{n.effect | some n in rule.narrow} == {"note"} with input as sample.request("business", [sample.codes(read)])
}

test_silent_for_an_agency if {
	read := [sample.column("quy_hoach", ["output"])]
	count(rule.narrow) == 0 with input as sample.request("officer", [sample.codes(read)])
}
