# METADATA
# title: Tests of hard/reidentification
package phantang.tests.rules.hard.reidentification

import data.phantang.rules.hard.reidentification as rule
import data.phantang.tests.lib.sample

deidentified := object.union(sample.codes([sample.column("ma_an_danh", ["join"])]), {"name": "main.mau_y_te"})

test_refuses_deidentified_data_beside_people if {
	asked := sample.request("police", [deidentified, sample.people([sample.column("ho_ten", ["output"])])])
	sample.effects(rule.narrow) == {["deny", ""]} with input as asked
}

test_silent_alone if {
	count(rule.narrow) == 0 with input as sample.request("police", [deidentified])
}

test_silent_beside_codes if {
	asked := sample.request("police", [deidentified, sample.codes([sample.column("ma_xa", ["join"])])])
	count(rule.narrow) == 0 with input as asked
}
