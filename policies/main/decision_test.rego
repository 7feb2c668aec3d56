# METADATA
# title: Tests of the decision
package phantang.tests.main.decision

import data.phantang
import data.phantang.tests.lib.sample

officer := sample.request("officer", [sample.people([
	sample.column("so_cccd", ["lookup"]),
	sample.column("ho_ten", ["output"]),
	sample.column("ton_giao", ["output"]),
])])

test_one_citizen_for_a_procedure if {
	decision := phantang.decision with input as officer
	decision.allow
	decision.columns["main.cong_dan"] == {
		"so_cccd": {"effect": "clear"},
		"ho_ten": {"effect": "clear"},
		"ton_giao": {"effect": "mask", "mask": "MASK_NULL", "params": {}},
	}
	decision.rows["main.cong_dan"] == {
		{"type": "lookup", "operator": "eq", "field": "so_cccd"},
		{"type": "field", "operator": "eq", "field": "ma_xa", "value": "00004"},
	}
}

test_nothing_is_denied if not phantang.allow with input as {}

test_no_table_is_open_data if {
	phantang.allow with input as sample.request("police", [])
	not phantang.allow with input as sample.request("police", []) with data.law.matrix as {}
}

test_half_a_request_is_denied if {
	table := object.remove(sample.people([]), ["scope"])
	not phantang.allow with input as sample.request("police", [table])
}

test_another_action_is_denied if {
	not phantang.allow with input as object.union(officer, {"action": {"name": "delete"}})
}

test_no_purpose_gets_open_data_only if {
	open := sample.request("officer", [sample.codes([sample.column("ma_xa", ["output"])])])
	phantang.allow with input as object.union(open, {"context": {"purpose": null}})
	not phantang.allow with input as object.union(officer, {"context": {"purpose": null}})
}

test_without_a_rule_its_cells_permit_nothing if {
	not phantang.allow with input as officer with data.phantang.rules.case.single_person as {}
}

test_a_denied_table_denies_its_columns if {
	decision := phantang.decision with input as sample.request("citizen", officer.resource.tables)
	{effect.effect | some effect in decision.columns["main.cong_dan"]} == {"deny"}
}

test_a_denied_column_leaves_the_others_as_they_are if {
	read := [sample.column("ho_ten", ["group"]), sample.column("gioi_tinh", ["group"]), sample.column("ngay_sinh", ["group"])]
	decision := phantang.decision with input as sample.statistics("dashboard", [sample.people(read)])
	not decision.allow
	{name: effect.effect | some name, effect in decision.columns["main.cong_dan"]} == {
		"ho_ten": "deny",
		"gioi_tinh": "clear",
		"ngay_sinh": "mask",
	}
}

test_the_strictest_mask_wins if {
	dropped := {{"effect": "mask", "table": "main.cong_dan", "column": "ho_ten", "mask": "MASK_HASH", "params": {}, "text": "x"}}
	decision := phantang.decision with input as officer with data.phantang.rules.limit.sample.narrow as dropped
	decision.columns["main.cong_dan"].ho_ten.mask == "MASK_HASH"
	decision.columns["main.cong_dan"].ton_giao.mask == "MASK_NULL"
}

test_a_malformed_narrowing_denies if {
	every wrong in [
		{"effect": "permit", "text": "x"},
		{"effect": "mask", "table": "main.cong_dan", "column": "ho_ten", "mask": "SHOW_ALL", "params": {}, "text": "x"},
		{"effect": "mask", "table": "main.cong_dan", "column": "khong_co", "mask": "MASK", "params": {}, "text": "x"},
		{"effect": "filter", "predicate": {"type": "field"}, "text": "x"},
		{"effect": "oblige", "obligation": {"max_row": 1}, "text": "x"},
	] {
		not phantang.allow with input as officer with data.phantang.rules.limit.sample.narrow as {wrong}
	}
}

test_of_a_masked_column_nothing_computed_is_shown if {
	read := [sample.column("so_cccd", ["output"]), sample.generated("so_cccd", ["output"])]
	named := [read[0], object.union(read[1], {"name": "duoi"})]
	decision := phantang.decision with input as sample.request("auditor", [sample.people(named)])
	decision.columns["main.cong_dan"].so_cccd.mask == "MASK_SHOW_LAST_4"
	decision.columns["main.cong_dan"].duoi == {"effect": "mask", "mask": "MASK_NULL", "params": {}}
	cleared := phantang.decision with input as sample.request("police", [sample.people(named)])
	cleared.columns["main.cong_dan"].duoi == {"effect": "clear"}
}
