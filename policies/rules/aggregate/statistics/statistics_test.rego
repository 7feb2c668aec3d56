# METADATA
# title: Tests of aggregate/statistics
package phantang.tests.rules.aggregate.statistics

import data.phantang.rules.aggregate.statistics as rule
import data.phantang.tests.lib.sample

test_refuses_rows if {
	asked := sample.request("dashboard", [sample.people([sample.column("ma_xa", ["output"])])])
	{n.text | some n in rule.narrow} == {"rows"} with input as asked
}

test_silent_for_counts if {
	read := [sample.column("ma_xa", ["group", "output"]), sample.column("so_cccd", ["aggregate"])]
	count(rule.narrow) == 0 with input as sample.statistics("dashboard", [sample.people(read)])
}

test_generalises_what_can_be if {
	asked := sample.statistics("dashboard", [sample.people([sample.column("ngay_sinh", ["group", "output"])])])
	{[n.mask, n.params] | some n in rule.narrow} == {["GENERALIZE", {"kind": "year"}]} with input as asked
}

test_refuses_to_group_by_the_rest if {
	asked := sample.statistics("dashboard", [sample.people([sample.column("ho_ten", ["group"])])])
	sample.effects(rule.narrow) == {["deny", "ho_ten"]} with input as asked
}

every_use := ["output", "filter", "group", "order", "lookup", "join"]

test_a_category_is_used_as_it_is if {
	read := [sample.column("gioi_tinh", every_use), sample.column("ton_giao", every_use), sample.column("ma_benh", every_use)]
	every who in ["dashboard", "researcher"] {
		found := rule.narrow with input as sample.statistics(who, [sample.people(read)])
		sample.effects(found) == {["note", "gioi_tinh"], ["note", "ton_giao"], ["note", "ma_benh"]}
	}
}

test_a_business_has_fewer_categories if {
	read := [sample.column(name, ["group"]) | some name in ["gioi_tinh", "nhom_mau", "ton_giao", "ma_benh"]]
	found := rule.narrow with input as sample.statistics("business", [sample.people(read)])
	sample.effects(found) == {["note", "gioi_tinh"], ["deny", "nhom_mau"], ["deny", "ton_giao"], ["deny", "ma_benh"]}
}

test_free_text_is_no_category if {
	asked := sample.statistics("researcher", [sample.people([sample.column("chan_doan", ["group"])])])
	sample.effects(rule.narrow) == {["deny", "chan_doan"]} with input as asked
}

test_a_category_that_says_more_is_none if {
	every change in [
		{"tags": ["person.gender", "person.name"]},
		{"tags": ["person.gender.other"]},
		{"tags": []},
		{"classified": false},
	] {
		changed := object.union(sample.column("gioi_tinh", ["group"]), change)
		found := rule.narrow with input as sample.statistics("researcher", [sample.people([changed])])
		sample.effects(found) == {["deny", "gioi_tinh"]}
	}
}

test_a_category_needs_groups_of_its_size if {
	larger := object.union(data.law.statistics.categories, {"sensitive.religion": {"at_least": 30}})
	asked := sample.statistics("researcher", [sample.people([sample.column("ton_giao", ["group"])])])
	sample.effects(rule.narrow) == {["deny", "ton_giao"]} with input as asked with data.law.statistics.categories as larger
}

test_an_inspector_has_no_category if {
	important := object.union(sample.column("gioi_tinh", ["group"]), {"tier": "T4"})
	asked := sample.statistics("auditor", [sample.people([important])])
	sample.effects(rule.narrow) == {["deny", "gioi_tinh"]} with input as asked
}

test_refuses_to_filter_or_look_up if {
	read := [sample.column("so_cccd", ["lookup"]), sample.column("ho_ten", ["filter"])]
	asked := sample.statistics("dashboard", [sample.people(read)])
	sample.effects(rule.narrow) == {["deny", "so_cccd"], ["deny", "ho_ten"]} with input as asked
}

test_joins_by_a_token if {
	asked := sample.statistics("dashboard", [sample.people([sample.column("so_cccd", ["join", "aggregate"])])])
	{n.mask | some n in rule.narrow} == {"TOKEN"} with input as asked
}

test_governs_a_column_whose_table_it_does_not if {
	table := sample.codes([sample.column("mo_hiem", ["output"])])
	{n.text | some n in rule.narrow} == {"rows", "shaping"} with input as sample.request("auditor", [table])
}

important := object.union(sample.people([]), {"tier": "T4", "tags": ["importance.important"]})

of_important(uses) := sample.statistics("department", [object.union(important, {"columns": [
	sample.column("ho_tieu", ["aggregate"]),
	sample.column("ma_xa", ["group", "output"]),
	sample.column("ho_ten", uses),
	sample.column("ngay_sinh", uses),
]})])

# What is personal beside important data is no value to see, though a case of one person would show it.
test_personal_columns_of_a_table_of_statistics if {
	count(rule.narrow) == 0 with input as of_important(["aggregate"])
	sample.effects(rule.narrow) == {["deny", "ho_ten"], ["mask", "ngay_sinh"]} with input as of_important(["output"])
}
