# METADATA
# title: Tests of business/consent
package phantang.tests.rules.business.consent

import data.phantang.rules.business.consent as rule
import data.phantang.tests.lib.sample

held := [sample.column("so_cccd", ["lookup"]), sample.column("ho_ten", ["lookup"]), sample.column("ngay_sinh", ["lookup"])]

consent := {"context": {"consent_id": "CS-01", "consent_valid_until": "2026-12-31"}}

asked(read) := object.union(sample.statistics("bank", [sample.people(read)]), consent)

denials(narrowings) := {n.text | some n in narrowings; n.effect == "deny"}

test_a_match_is_answered if {
	found := rule.narrow with input as asked(held)
	denials(found) == set()
	{n.predicate.field | some n in found} == {"so_cccd"}
}

test_no_consent_no_answer if {
	denials(rule.narrow) == {"missing"} with input as sample.statistics("bank", [sample.people(held)])
}

test_a_consent_ends if {
	over := object.union(asked(held), {"context": {"consent_valid_until": "2026-11-21"}})
	denials(rule.narrow) == {"ended"} with input as over
	endless := object.union(asked(held), {"context": {"consent_valid_until": null}})
	denials(rule.narrow) == {"ended"} with input as endless
}

test_a_number_alone_is_no_match if {
	denials(rule.narrow) == {"match"} with input as asked([sample.column("so_cccd", ["lookup"])])
}

test_no_value_leaves if {
	every use in ["output", "aggregate", "filter", "group"] {
		denials(rule.narrow) == {"value"} with input as asked(array.concat(held, [sample.column("gioi_tinh", [use])]))
	}
}

test_nor_does_an_open_code_of_a_persons_row if {
	every use in ["output", "aggregate", "filter", "group", "join", "lookup"] {
		denials(rule.narrow) == {"value"} with input as asked(array.concat(held, [sample.column("ma_xa", [use])]))
	}
}

test_a_row_is_no_count if {
	rows := object.union(sample.request("bank", [sample.people(held)]), consent)
	denials(rule.narrow) == {"counts"} with input as rows
}

test_what_the_register_does_not_know_is_no_consent if {
	every status in ["unknown", "revoked", "elsewhere", "unnamed"] {
		known := object.union(asked(held), {"context": {"consent_status": status}})
		denials(rule.narrow) == {status} with input as known
	}
	strange := object.union(asked(held), {"context": {"consent_status": "?"}})
	denials(rule.narrow) == {"unknown"} with input as strange
}

of_the_consent := array.concat([object.union(held[0], {"consented": true})], array.slice(held, 1, 3))

registered(read) := object.union(asked(read), {"context": {"consent_status": "registered"}})

test_a_registered_consent_is_of_one_person if {
	denials(rule.narrow) == set() with input as registered(of_the_consent)
	denials(rule.narrow) == {"other_person"} with input as registered(held)
}

test_every_table_is_of_that_person if {
	other := object.union(sample.people(held), {"name": "main.benh_nhan"})
	two := sample.statistics("bank", [sample.people(of_the_consent), other])
	named := object.union(two, {"context": registered(held).context})
	{n.table | some n in rule.narrow; n.text == "other_person"} == {"main.benh_nhan"} with input as named
}

# A name or a date that was looked up says nothing of whose number it is.
test_only_an_identifier_tells_whose_consent_it_is if {
	read := [held[0], object.union(held[1], {"consented": true}), held[2]]
	denials(rule.narrow) == {"other_person"} with input as registered(read)
}

test_what_is_computed_is_no_part_of_a_match if {
	read := [held[0], held[1], object.union(held[2], {"generated": true})]
	denials(rule.narrow) == {"match", "value"} with input as asked(read)
}
