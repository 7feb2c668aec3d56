# METADATA
# title: Tests of hard/location_identifier
package phantang.tests.rules.hard.location_identifier

import data.phantang.rules.hard.location_identifier as rule
import data.phantang.tests.lib.sample

test_refuses_a_plate_beside_a_position if {
	read := [sample.column("vi_do", ["group"]), sample.column("bien_so", ["aggregate", "filter"])]
	sample.effects(rule.narrow) == {["deny", "bien_so"]} with input as sample.statistics("business", [sample.people(read)])
}

test_plates_may_be_counted if {
	read := [sample.column("vi_do", ["group"]), sample.column("bien_so", ["aggregate"])]
	count(rule.narrow) == 0 with input as sample.statistics("business", [sample.people(read)])
}

test_a_finer_tag_counts if {
	plate := object.union(sample.column("bien_so", ["output"]), {"tags": ["person.vehicle_plate.motorbike"]})
	table := sample.people([sample.column("vi_do", ["group"]), plate])
	count(rule.narrow) == 1 with input as sample.statistics("business", [table])
}

test_silent_without_positions if {
	read := [sample.column("bien_so", ["output"])]
	count(rule.narrow) == 0 with input as sample.statistics("business", [sample.people(read)])
}
