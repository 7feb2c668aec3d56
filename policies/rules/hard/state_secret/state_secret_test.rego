# METADATA
# title: Tests of hard/state_secret
package phantang.tests.rules.hard.state_secret

import data.phantang.rules.hard.state_secret as rule
import data.phantang.tests.lib.sample

test_refers_a_suspected_column if {
	asked := sample.request("police", [sample.people([sample.column("dau_hieu", ["output"])])])
	sample.effects(rule.narrow) == {["deny", "dau_hieu"]} with input as asked
}

test_refers_a_suspected_table if {
	table := object.union(sample.people([]), {"tier": "T5"})
	sample.effects(rule.narrow) == {["deny", ""]} with input as sample.request("police", [table])
}

test_never_says_it_is_a_secret if {
	words := data.law.texts.hard.state_secret.refer.message
	startswith(words.en, "Suspected")
	startswith(words.vi, "Nghi có dấu hiệu")
}

test_silent_otherwise if {
	asked := sample.request("police", [sample.people([sample.column("ho_ten", ["output"])])])
	count(rule.narrow) == 0 with input as asked
}
