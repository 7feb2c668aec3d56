# METADATA
# title: Tests of mask/by_tag
package phantang.tests.rules.mask.by_tag

import data.phantang.rules.mask.by_tag as rule
import data.phantang.tests.lib.sample

masks(narrowings) := {n.column: n.mask | some n in narrowings}

test_masks_by_tag if {
	read := [
		sample.column("ho_ten", ["output"]),
		sample.column("so_cccd", ["output"]),
		sample.column("ngay_sinh", ["output"]),
		sample.column("ton_giao", ["output"]),
		sample.column("ma_xa", ["output"]),
	]
	shown := masks(rule.narrow) with input as sample.request("auditor", [sample.people(read)])
	shown == {
		"ho_ten": "MASK",
		"so_cccd": "MASK_SHOW_LAST_4",
		"ngay_sinh": "MASK_DATE_SHOW_YEAR",
		"ton_giao": "MASK_NULL",
	}
}

test_the_strictest_tag_counts if {
	both := object.union(sample.column("so_cccd", ["output"]), {"tags": ["person.national_id", "person.name"]})
	{n.mask | some n in rule.narrow} == {"MASK"} with input as sample.request("auditor", [sample.people([both])])
}

test_an_unlisted_tag_is_fully_masked if {
	other := object.union(sample.column("so_cccd", ["output"]), {"tags": ["person.national_id", "person.family"]})
	{n.mask | some n in rule.narrow} == {"MASK"} with input as sample.request("auditor", [sample.people([other])])
}

test_a_finer_tag_is_masked_as_the_tag_above if {
	finer := object.union(sample.column("so_cccd", ["output"]), {"tags": ["person.national_id.cmnd9"]})
	asked := sample.request("auditor", [sample.people([finer])])
	{n.mask | some n in rule.narrow} == {"MASK_SHOW_LAST_4"} with input as asked
}

test_silent_where_the_matrix_does_not_mask if {
	asked := sample.request("officer", [sample.people([sample.column("ho_ten", ["output"])])])
	count(rule.narrow) == 0 with input as asked
}
