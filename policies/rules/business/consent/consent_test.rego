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
	every status in ["unknown", "revoked", "elsewhere"] {
		known := object.union(asked(held), {"context": {"consent_status": status}})
		denials(rule.narrow) == {status} with input as known
	}
	registered := object.union(asked(held), {"context": {"consent_status": "registered"}})
	denials(rule.narrow) == set() with input as registered
	strange := object.union(asked(held), {"context": {"consent_status": "?"}})
	denials(rule.narrow) == {"unknown"} with input as strange
}
