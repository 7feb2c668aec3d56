# METADATA
# title: Tests of hard/personal_data_sale
package phantang.tests.rules.hard.personal_data_sale

import data.phantang.rules.hard.personal_data_sale as rule
import data.phantang.tests.lib.sample

test_refuses_rows_to_a_business if {
	read := [sample.column("ho_ten", ["output"]), sample.column("ma_xa", ["output"])]
	sample.effects(rule.narrow) == {["deny", "ho_ten"]} with input as sample.request("business", [sample.people(read)])
}

test_a_business_is_known_by_its_purpose_too if {
	asked := sample.request("police", [sample.people([sample.column("ho_ten", ["output"])])])
	changed := object.union(asked, {"context": {"purpose": "B1"}})
	count(rule.narrow) == 1 with input as changed
}

test_silent_for_an_agency if {
	asked := sample.request("officer", [sample.people([sample.column("ho_ten", ["output"])])])
	count(rule.narrow) == 0 with input as asked
}
