# METADATA
# title: Tests of subject/own_rows
package phantang.tests.rules.subject.own_rows

import data.phantang.rules.subject.own_rows as rule
import data.phantang.tests.lib.sample

own := object.union(sample.column("so_cccd", ["lookup"]), {"own": true})

asked(number) := sample.request("citizen", [sample.people([number, sample.column("ho_ten", ["output"])])])

test_shows_own_rows if {
	{n.predicate | some n in rule.narrow} == {{"type": "lookup", "operator": "eq", "field": "so_cccd"}} with input as asked(own)
}

test_refuses_the_rows_of_others if {
	{n.text | some n in rule.narrow} == {"not_own"} with input as asked(sample.column("so_cccd", ["lookup"]))
	{n.text | some n in rule.narrow} == {"not_own"} with input as asked(object.union(own, {"own": false}))
	{n.text | some n in rule.narrow} == {"not_own"} with input as asked(object.union(own, {"uses": ["filter"]}))
}

test_refuses_a_table_without_identifier if {
	nameless := sample.request("citizen", [sample.people([sample.column("ho_ten", ["output"])])])
	{n.text | some n in rule.narrow} == {"no_identifier"} with input as nameless
}

test_silent_for_codes if {
	count(rule.narrow) == 0 with input as sample.request("citizen", [sample.codes([])])
}
