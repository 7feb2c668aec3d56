# METADATA
# title: Tests of subject/own_rows
package phantang.tests.rules.subject.own_rows

import data.phantang.rules.subject.own_rows as rule
import data.phantang.tests.lib.sample

test_refuses_people_until_identity_is_bound if {
	read := [sample.column("so_cccd", ["lookup"]), sample.column("ho_ten", ["output"])]
	sample.effects(rule.narrow) == {["deny", ""]} with input as sample.request("citizen", [sample.people(read)])
}

test_silent_for_codes if {
	count(rule.narrow) == 0 with input as sample.request("citizen", [sample.codes([])])
}
