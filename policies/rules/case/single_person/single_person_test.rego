# METADATA
# title: Tests of case/single_person
package phantang.tests.rules.case.single_person

import data.phantang.rules.case.single_person as rule
import data.phantang.tests.lib.sample

test_filters_by_the_lookup if {
	read := [sample.column("so_cccd", ["lookup"]), sample.column("ho_ten", ["output"])]
	predicates := {n.predicate | some n in rule.narrow} with input as sample.request("officer", [sample.people(read)])
	predicates == {{"type": "lookup", "operator": "eq", "field": "so_cccd"}}
}

test_another_identifier_will_do if {
	read := [sample.column("bien_so", ["lookup"])]
	{n.effect | some n in rule.narrow} == {"filter"} with input as sample.request("officer", [sample.people(read)])
}

test_a_filter_is_not_a_lookup if {
	read := [sample.column("so_cccd", ["filter"])]
	{n.text | some n in rule.narrow} == {"no_lookup"} with input as sample.request("officer", [sample.people(read)])
}

test_a_lookup_of_a_name_is_not_one_person if {
	read := [sample.column("ho_ten", ["lookup"])]
	{n.text | some n in rule.narrow} == {"no_lookup"} with input as sample.request("officer", [sample.people(read)])
}

test_even_a_count_is_about_one_person if {
	{n.text | some n in rule.narrow} == {"no_lookup"} with input as sample.statistics("officer", [sample.people([])])
}

test_hints_at_an_identifier_it_knows if {
	table := object.union(sample.people([sample.column("bien_so", ["output"])]), {"privacy_unit": null})
	{n.args.by | some n in rule.narrow} == {"bien_so"} with input as sample.request("officer", [table])
}

test_says_so_when_it_knows_none if {
	table := object.union(sample.people([sample.column("ho_ten", ["output"])]), {"privacy_unit": null})
	{n.text | some n in rule.narrow} == {"no_identifier"} with input as sample.request("officer", [table])
}

test_silent_for_tables_without_people if {
	read := [sample.column("quy_hoach", ["output"])]
	count(rule.narrow) == 0 with input as sample.request("officer", [sample.codes(read)])
}

test_what_is_computed_may_be_the_same_for_many if {
	read := [sample.generated("so_cccd", ["lookup"]), sample.column("ho_ten", ["output"])]
	{n.text | some n in rule.narrow} == {"no_lookup"} with input as sample.request("officer", [sample.people(read)])
}
