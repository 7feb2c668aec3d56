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
	asked := sample.statistics("dashboard", [sample.people([sample.column("ton_giao", ["group"])])])
	sample.effects(rule.narrow) == {["deny", "ton_giao"]} with input as asked
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
