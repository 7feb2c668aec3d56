# METADATA
# title: Tests of catalog/unclassified
package phantang.tests.rules.catalog.unclassified

import data.phantang.rules.catalog.unclassified as rule
import data.phantang.tests.lib.sample

test_says_so if {
	read := [sample.unclassified("ho_ten", ["output"]), sample.column("ngay_sinh", ["output"])]
	sample.effects(rule.narrow) == {["note", "ho_ten"]} with input as sample.request("police", [sample.people(read)])
}
