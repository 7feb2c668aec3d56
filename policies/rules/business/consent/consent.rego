# METADATA
# title: Consent, and a match instead of a value
# description: |
#   With a person's consent a business is told whether what it holds of the person matches. It names the consent and its last
#   day, looks up one person by number, name and birth date together, and counts; no value leaves. Where consents are
#   registered, the person looked up is whose consent it is.
package phantang.rules.business.consent

import data.phantang.lib.dates
import data.phantang.lib.facts

narrow contains {"effect": "deny", "text": "missing"} if {
	governs
	not named
}

narrow contains {"effect": "deny", "text": said} if {
	governs
	named
	not trusted
}

# A registered consent is one person's: who looks somebody else up under it has none.
narrow contains {"effect": "deny", "table": table.name, "text": "other_person"} if {
	some table in governed
	input.context.consent_status == "registered"
	not of_that_person(table)
}

narrow contains {"effect": "deny", "text": "ended"} if {
	governs
	named
	last_day := object.get(input.context, "consent_valid_until", null)
	not dates.current(last_day)
}

narrow contains {"effect": "deny", "table": table.name, "text": "match"} if {
	some table in governed
	not matched(table)
}

narrow contains {"effect": "deny", "table": column.table, "column": column.name, "text": "value"} if {
	some column in facts.columns_under["business/consent"]
	count(column.uses - {"lookup"}) > 0
}

# An open code, the commune say, is a value about a person where the row is about one.
narrow contains {"effect": "deny", "table": table.name, "column": column.name, "text": "value"} if {
	some table in governed
	some column in table.columns
	tells(column)
}

tells(column) if count(column.uses - {"lookup"}) > 0

# To compare the commune with a guess tells it as well.
tells(column) if column.computed

tells(column) if count(column.kinds & {kind | some kind in data.law.identifiers.match}) == 0

narrow contains {"effect": "deny", "table": table.name, "text": "counts"} if {
	some table in governed
	not facts.aggregate_only
}

narrow contains {"effect": "filter", "table": table.name, "predicate": predicate, "text": "one"} if {
	some table in governed
	some by in table.one_person_by
	predicate := {"type": "lookup", "operator": "eq", "field": by}
}

# What no register contradicts. Where none is kept, an id is taken as it is given.
trusted if input.context.consent_status in {"unchecked", "registered"}

default said := "unknown"

said := input.context.consent_status if input.context.consent_status in {"revoked", "elsewhere", "unnamed"}

of_that_person(table) if {
	some column in table.columns
	column.name in table.one_person_by
	column.consented == true
}

governed := [table | some table in facts.tables; "business/consent" in table.under]

governs if count(governed) > 0

governs if count(facts.columns_under["business/consent"]) > 0

named if {
	is_string(input.context.consent_id)
	trim_space(input.context.consent_id) != ""
}

# The table is looked up by all that identifies a person, so that a yes is about a person the business knows.
matched(table) if {
	held := {kind | some column in table.columns; "lookup" in column.uses; not column.computed; some kind in column.kinds}
	every kind in data.law.identifiers.match { kind in held }
}
