# METADATA
# title: Tests of combination/raised
package phantang.tests.rules.combination.raised

import data.phantang.lib.facts
import data.phantang.rules.combination.raised as rule
import data.phantang.tests.lib.sample

journey := [sample.column("bien_so", ["output"]), sample.column("vi_do", ["output"])]

tiers(columns) := {column.name: column.tier | some column in columns}

test_a_plate_with_a_position_is_sensitive if {
	asked := sample.request("police", [sample.people(journey)])
	sample.effects(rule.narrow) == {["note", "bien_so"], ["note", "vi_do"]} with input as asked
	tiers(facts.columns) == {"bien_so": "T3", "vi_do": "T3"} with input as asked
}

test_a_plate_that_is_counted_is_not if {
	read := [sample.column("bien_so", ["aggregate"]), sample.column("vi_do", ["group"])]
	count(rule.narrow) == 0 with input as sample.statistics("police", [sample.people(read)])
}

test_commune_birth_date_and_sex_single_out_a_person if {
	read := [sample.column(name, ["output"]) | some name in ["ma_xa", "ngay_sinh", "gioi_tinh"]]
	asked := sample.request("police", [sample.people(read)])
	tiers(facts.columns) == {"ma_xa": "T2", "ngay_sinh": "T2", "gioi_tinh": "T2"} with input as asked
	count(rule.narrow) == 0 with input as sample.request("auditor", [sample.people(read)])
	count(rule.narrow) == 0 with input as sample.statistics("police", [sample.people(read)])
}

measured(name) := {"column": name, "tags": sample.columns[name].tags}

test_what_the_scan_measured_to_single_out_a_person if {
	sets := [[measured("ma_xa"), measured("nhom_mau")]]
	read := [sample.column(name, ["output"]) | some name in ["ma_xa", "nhom_mau"]]
	table := object.union(sample.people(read), {"singled_out_by": sets})
	tiers(facts.columns) == {"ma_xa": "T2", "nhom_mau": "T2"} with input as sample.request("police", [table])
	{n.text | some n in rule.narrow} == {"measured"} with input as sample.request("police", [table])
	count(rule.narrow) == 0 with input as sample.statistics("police", [table])
	count(rule.narrow) == 0 with input as sample.request("auditor", [table])
	alone := object.union(table, {"columns": [sample.column("ma_xa", ["output"]), sample.column("nhom_mau", ["aggregate"])]})
	count(rule.narrow) == 0 with input as sample.request("police", [alone])
}

test_also_with_a_column_of_another_table if {
	table := object.union(sample.people([sample.column("nhom_mau", ["output"])]), {"singled_out_by": [[
		measured("ma_xa"),
		{"column": "nhom_mau", "tags": []},
	]]})
	other := sample.codes([object.union(sample.column("ma_xa", ["join"]), {"tags": ["admin.unit_code.commune"]})])
	tiers(facts.columns) == {"ma_xa": "T2", "nhom_mau": "T2"} with input as sample.request("police", [table, other])
	another := sample.codes([sample.column("quy_hoach", ["join"])])
	count(rule.narrow) == 0 with input as sample.request("police", [table, another])
}

test_other_sets_of_the_law if {
	every last in [["person.occupation"], ["sensitive.ethnicity"]] {
		work := object.union(sample.column("ma_benh", ["output"]), {"tags": last, "tier": "T2"})
		read := [sample.column("ma_xa", ["output"]), sample.column("ngay_sinh", ["filter"]), work]
		tiers(facts.columns).ma_xa == "T2" with input as sample.request("police", [sample.people(read)])
	}
}

test_a_tag_has_a_floor if {
	lowered := object.union(sample.column("ton_giao", ["output"]), {"tier": "T0"})
	image := object.union(sample.column("ho_ten", ["output"]), {"tags": ["sensitive.id_card_image"], "tier": "T2"})
	object_code := object.union(sample.column("so_cccd", ["output"]), {"tags": ["person.health_insurance.object_code"]})
	asked := sample.request("police", [sample.people([lowered, image, object_code])])
	tiers(facts.columns) == {"ton_giao": "T3", "ho_ten": "T3", "so_cccd": "T3"} with input as asked
}

test_only_deidentified_data_are_lower if {
	recorded := object.union(sample.column("ton_giao", ["output"]), {"tier": "T1", "personal_class": "deidentified"})
	tiers(facts.columns) == {"ton_giao": "T1"} with input as sample.request("police", [sample.people([recorded])])
}

test_important_unless_core if {
	important := object.union(sample.column("mo_hiem", ["output"]), {"tags": ["importance.important"]})
	tiers(facts.columns) == {"mo_hiem": "T4a"} with input as sample.request("police", [sample.people([important])])
	both := object.union(important, {"tags": ["importance.core", "importance.important"]})
	tiers(facts.columns) == {"mo_hiem": "T4b"} with input as sample.request("police", [sample.people([both])])
}

register(subjects, read) := object.union(sample.people(read), {"subjects": subjects})

classes(tables) := {table.register | some table in tables}

test_a_list_of_very_many_people if {
	every expected in [
		[99999, "ho_ten", "T0"], [100000, "ho_ten", "T4a"], [1000000, "ho_ten", "T4b"],
		[9999, "ton_giao", "T0"], [10000, "ton_giao", "T4a"], [100000, "ton_giao", "T4b"],
	] {
		table := register(expected[0], [sample.column(expected[1], ["output"])])
		classes(facts.tables) == {expected[2]} with input as sample.request("police", [table])
	}
}

test_bank_accounts_of_ten_thousand if {
	account := object.union(sample.column("ton_giao", ["output"]), {"tags": ["sensitive.bank_account"]})
	classes(facts.tables) == {"T4a"} with input as sample.request("police", [register(10000, [account])])
}

test_aggregates_and_samples_are_not_the_register if {
	table := register(1000000, [sample.column("ho_ten", ["output"])])
	classes(facts.tables) == {"T0"} with input as sample.statistics("dashboard", [table])
	classes(facts.tables) == {"T0"} with input as sample.request("auditor", [table])
}
