# METADATA
# title: Tests of case/own_cases
package phantang.tests.rules.case.own_cases

import data.phantang.rules.case.own_cases as rule
import data.phantang.tests.lib.sample

people := sample.people([sample.column("so_cccd", ["lookup"]), sample.column("ho_ten", ["output"])])

officer := sample.request("officer", [people])

with_cases(register) := object.union(officer, {"resource": {"cases": object.union(sample.cases, register)}})

with_number(request, number) := object.union(request, {"context": {"case_id": number}})

mine := {"type": "field", "operator": "eq", "field": "can_bo", "value": "officer"}

this_case := {"type": "field", "operator": "eq", "field": "ma_ho_so", "value": "HS-1"}

among(column, conditions) := {
	"type": "membership",
	"operator": "in",
	"field": "so_cccd",
	"table": "main.ho_so",
	"column": column,
	"where": conditions,
}

texts := {n.text | some n in rule.narrow}

predicates := {n.predicate | some n in rule.narrow}

test_without_a_register_a_case_number_may_be_given if {
	count(rule.narrow) == 0 with input as officer
	count(rule.narrow) == 0 with input as with_number(officer, "  ")
	texts == {"named"} with input as with_number(officer, "HS-1")
}

test_the_case_number_is_owed_where_the_catalog_asks_for_it if {
	asked := object.union(officer, {"resource": {"case_required": true}})
	texts == {"no_case"} with input as asked
	texts == {"no_case"} with input as with_number(asked, "  ")
	texts == {"named"} with input as with_number(asked, "HS-1")
}

test_only_people_of_the_officers_own_cases if {
	predicates == {among("so_giay_to", [mine])} with input as with_cases({})
	texts == {"own"} with input as with_cases({})
}

test_a_case_number_narrows_to_that_case if {
	predicates == {among("so_giay_to", [mine, this_case])} with input as with_number(with_cases({}), " HS-1 ")
}

test_a_register_that_names_no_officer_needs_the_number if {
	register := with_cases({"officer": null})
	texts == {"no_case", "own"} with input as register
	predicates == {among("so_giay_to", [this_case])} with input as with_number(register, "HS-1")
}

test_a_register_that_says_neither_restricts_nothing_and_is_refused if {
	register := with_cases({"officer": null, "case": null})
	"no_case" in texts with input as with_number(register, "HS-1")
}

test_a_case_about_several_people_is_about_each if {
	about := [{"column": "chong", "tags": ["person.national_id"]}, {"column": "vo", "tags": ["person.national_id.cccd"]}]
	either := {"type": "compound", "operator": "or", "value": [among("chong", [mine]), among("vo", [mine])]}
	predicates == {either} with input as with_cases({"about": about})
}

test_the_register_itself_shows_the_own_entries if {
	predicates == {mine} with input as with_cases({"table": "main.cong_dan"})
	predicates == {mine, this_case} with input as with_number(with_cases({"table": "main.cong_dan"}), "HS-1")
}

test_a_table_that_the_register_cannot_be_compared_with_is_refused if {
	texts == {"unlinked"} with input as with_cases({"about": [{"column": "bien_so", "tags": ["person.vehicle_plate"]}]})
	texts == {"unlinked"} with input as with_cases({"about": []})
	listed := sample.request("officer", [sample.people([sample.column("so_cccd", ["output"])])])
	texts == {"unlinked"} with input as object.union(listed, {"resource": {"cases": sample.cases}})
}

test_others_need_no_case if {
	count(rule.narrow) == 0 with input as sample.request("police", [people])
	count(rule.narrow) == 0 with input as sample.statistics("dashboard", [people])
}

test_open_data_need_no_case if {
	count(rule.narrow) == 0 with input as sample.request("officer", [sample.codes([sample.column("ma_xa", ["output"])])])
}

by_officer := {"assigned_to": "officer"}

as_officer(request, who) := object.union(request, {"subject": {"officer": who}})

test_a_register_may_hold_officers if {
	his := {"type": "field", "operator": "eq", "field": "can_bo", "value": "cb-17"}
	predicates == {among("so_giay_to", [his])} with input as as_officer(with_cases(by_officer), "cb-17")
	predicates == {among("so_giay_to", [his, this_case])} with input as with_number(as_officer(with_cases(by_officer), "cb-17"), "HS-1")
}

test_then_an_officer_is_named_whatever_the_case if {
	"no_officer" in texts with input as with_cases(by_officer)
	not "no_case" in texts with input as with_cases(by_officer)
	"no_officer" in texts with input as with_number(with_cases(by_officer), "HS-1")
	"no_officer" in texts with input as as_officer(with_cases({"assigned_to": "?"}), "cb-17")
}

test_an_officer_opens_nothing_where_agencies_are_held if {
	predicates == {among("so_giay_to", [mine])} with input as as_officer(with_cases({}), "cb-17")
}
