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
