# METADATA
# title: Tests of case/case_number
package phantang.tests.rules.case.case_number

import data.phantang.rules.case.case_number as rule
import data.phantang.tests.lib.sample

asked := sample.request("police", [sample.people([sample.column("ton_giao", ["output"]), sample.column("ho_ten", ["output"])])])

test_empties_sensitive_columns_without_a_case if {
	sample.effects(rule.narrow) == {["mask", "ton_giao"]} with input as asked
}

test_blank_is_no_case if {
	count(rule.narrow) == 1 with input as object.union(asked, {"context": {"case_id": "  "}})
}

test_silent_with_a_case if {
	count(rule.narrow) == 0 with input as object.union(asked, {"context": {"case_id": "VA-2026-01"}})
}
