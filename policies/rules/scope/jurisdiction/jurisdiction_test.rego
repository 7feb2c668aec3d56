# METADATA
# title: Tests of scope/jurisdiction
package phantang.tests.rules.scope.jurisdiction

import data.phantang.rules.scope.jurisdiction as rule
import data.phantang.tests.lib.sample

asked := sample.request("officer", [sample.people([])])

predicate(field, value) := {"type": "field", "operator": "eq", "field": field, "value": value}

test_own_commune if {
	{n.predicate | some n in rule.narrow} == {predicate("ma_xa", "00004")} with input as asked
}

test_own_province if {
	dashboard := sample.statistics("dashboard", [sample.people([])])
	{n.predicate | some n in rule.narrow} == {predicate("ma_tinh", "01")} with input as dashboard
}

test_a_table_that_cannot_tell_is_refused if {
	table := object.union(object.remove(sample.people([]), ["scope"]), {"scope": {"province": "ma_tinh"}})
	{n.text | some n in rule.narrow} == {"no_scope"} with input as sample.request("officer", [table])
}

said_to_be_of(unit) := object.union(
	object.remove(sample.people([]), ["scope"]),
	{"scope": {}, "jurisdiction": unit},
)

test_a_register_of_the_own_commune_needs_no_column if {
	table := said_to_be_of({"province": "01", "commune": "00004"})
	{[n.effect, n.text] | some n in rule.narrow} == {["note", "whole"]} with input as sample.request("officer", [table])
}

test_a_register_of_another_commune_is_refused if {
	table := said_to_be_of({"province": "01", "commune": "00008"})
	{n.text | some n in rule.narrow} == {"other_unit"} with input as sample.request("officer", [table])
}

test_a_register_of_a_commune_elsewhere_cannot_tell if {
	every unit in [{"province": "79", "commune": "00004"}, {"province": "01"}, {"commune": "00004"}, {}] {
		{n.text | some n in rule.narrow} == {"no_scope"} with input as sample.request("officer", [said_to_be_of(unit)])
	}
}

test_a_column_tells_more_than_the_whole_register if {
	table := object.union(sample.people([]), {"jurisdiction": {"province": "01", "commune": "00008"}})
	{n.predicate | some n in rule.narrow} == {predicate("ma_xa", "00004")} with input as sample.request("officer", [table])
}

test_a_register_of_the_own_province if {
	table := said_to_be_of({"province": "01", "commune": "00008"})
	dashboard := sample.statistics("dashboard", [table])
	{n.text | some n in rule.narrow} == {"whole"} with input as dashboard
	elsewhere := object.union(dashboard, {"subject": {"jurisdiction": {"province": "79", "commune": "26737"}}})
	{n.text | some n in rule.narrow} == {"other_unit"} with input as elsewhere
}

test_nation_is_not_restricted if {
	count(rule.narrow) == 0 with input as object.union(asked, {"subject": {"level": "nation"}})
}

test_an_officer_without_a_commune_is_refused if {
	nowhere := object.union(
		object.remove(asked, ["subject"]),
		{"subject": {"level": "commune", "jurisdiction": {"province": "01"}}},
	)
	{n.text | some n in rule.narrow} == {"no_jurisdiction"} with input as nowhere
}

test_an_unknown_level_is_refused if {
	elsewhere := object.union(sample.statistics("dashboard", [sample.people([])]), {"subject": {"level": "ward"}})
	{n.text | some n in rule.narrow} == {"no_jurisdiction"} with input as elsewhere
}

test_silent_for_tables_without_people if {
	count(rule.narrow) == 0 with input as sample.request("officer", [sample.codes([])])
}

elsewhere_kept(commune) := object.union(asked, {
	"subject": {"jurisdiction": {"commune": commune}},
	"resource": {"recoded": false},
})

test_former_codes_that_became_part_of_the_commune if {
	found := rule.narrow with input as elsewhere_kept("00004")
	{n.predicate | some n in found; n.effect == "filter"} == {{
		"type": "field",
		"operator": "in",
		"field": "ma_xa",
		"value": ["00004", "00013"],
	}}
	"former" in {n.text | some n in found}
}

# 00007, Cống Vị, was split between Ngọc Hà (00008) and Giảng Võ (00025): its rows are neither's.
test_a_split_commune_is_nobodys if {
	every commune in ["00008", "00025"] {
		found := rule.narrow with input as elsewhere_kept(commune)
		values := [n.predicate.value | some n in found; n.effect == "filter"]
		every value in values { value != "00007" }
		every value in values { not among(value) }
	}
}

test_a_recoded_register_has_codes_of_today_only if {
	{n.predicate | some n in rule.narrow} == {predicate("ma_xa", "00004")} with input as asked
}

test_a_commune_without_a_code_of_its_own_is_refused if {
	found := rule.narrow with input as elsewhere_kept("00004") with data.law.units.commune as {"00004": []}
	{n.text | some n in found} == {"no_code"}
}

test_a_commune_of_another_province_is_no_place if {
	every province in ["79", "00", "1"] {
		torn := object.union(asked, {"subject": {"jurisdiction": {"province": province}}})
		"two_places" in {n.text | some n in rule.narrow; n.effect == "deny"} with input as torn
	}
	"two_places" in {n.text | some n in rule.narrow} with input as asked with data.law.units.communes as {}
	nowhere := sample.request("officer", [sample.codes([])])
	count(rule.narrow) == 0 with input as object.union(nowhere, {"subject": {"jurisdiction": {"province": "79"}}})
}

test_former_provinces if {
	dashboard := object.union(sample.statistics("dashboard", [sample.people([])]), {
		"subject": {"jurisdiction": {"province": "44"}},
		"resource": {"recoded": false},
	})
	"in" in {n.predicate.operator | some n in rule.narrow; n.effect == "filter"} with input as dashboard
}

among(codes) if "00007" in codes
