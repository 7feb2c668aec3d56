# METADATA
# title: Tests of case/procedure_fields
package phantang.tests.rules.case.procedure_fields

import data.phantang.rules.case.procedure_fields as rule
import data.phantang.tests.lib.sample

read := [sample.column("so_cccd", ["lookup"]), sample.column("dan_toc", ["output"]), sample.column("ton_giao", ["output"])]

asked := sample.request("officer", [sample.people(read)])

test_empties_sensitive_fields_without_a_procedure if {
	sample.effects(rule.narrow) == {["mask", "dan_toc"], ["mask", "ton_giao"]} with input as asked
}

test_shows_the_field_of_the_procedure if {
	birth := object.union(asked, {"context": {"legal_ref": "1.001193"}})
	sample.effects(rule.narrow) == {["mask", "ton_giao"]} with input as birth
}

test_not_from_another_database if {
	elsewhere := object.union(asked, {"context": {"legal_ref": "1.001193"}, "resource": {"source": "y_te"}})
	count(rule.narrow) == 2 with input as elsewhere
}

test_an_unknown_procedure_lists_nothing if {
	count(rule.narrow) == 2 with input as object.union(asked, {"context": {"legal_ref": "9.999999"}})
}

test_a_second_tag_must_be_listed_too if {
	both := object.union(sample.column("dan_toc", ["output"]), {"tags": ["sensitive.ethnicity", "sensitive.health"]})
	mixed := object.union(
		sample.request("officer", [sample.people([both])]),
		{"context": {"legal_ref": "1.001193"}},
	)
	count(rule.narrow) == 1 with input as mixed
}

test_an_unclassified_column_is_never_listed if {
	unknown := object.union(
		sample.request("officer", [sample.people([sample.unclassified("dan_toc", ["output"])])]),
		{"context": {"legal_ref": "1.001193"}},
	)
	count(rule.narrow) == 1 with input as unknown
}
