# METADATA
# title: Tests of hard/bulk_export
package phantang.tests.rules.hard.bulk_export

import data.phantang.rules.hard.bulk_export as rule
import data.phantang.tests.lib.sample

test_empties_sensitive_columns_of_a_list if {
	read := [sample.column("ho_ten", ["output"]), sample.column("ton_giao", ["output"])]
	sample.effects(rule.narrow) == {["mask", "ton_giao"]} with input as sample.request("auditor", [sample.people(read)])
}

test_silent_for_one_person if {
	read := [sample.column("so_cccd", ["lookup"]), sample.column("ton_giao", ["output"])]
	count(rule.narrow) == 0 with input as sample.request("officer", [sample.people(read)])
}

test_silent_for_statistics if {
	read := [sample.column("ton_giao", ["output"])]
	count(rule.narrow) == 0 with input as sample.statistics("auditor", [sample.people(read)])
}

test_silent_for_an_investigation if {
	read := [sample.column("ton_giao", ["output"])]
	count(rule.narrow) == 0 with input as sample.request("police", [sample.people(read)])
}
