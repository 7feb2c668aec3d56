# METADATA
# title: Collected narrowings
# description: |
#   Everything every loaded rule contributes. Rules are found, not listed: a folder dropped into rules/ counts at once.
#   What is not a well-formed narrowing is a denial, so a mistake in a rule can only narrow.
package phantang.main.collected

import data.phantang.lib.facts
import data.phantang.main.permits

narrowings := permits.refusals | {checked(narrowing) | some narrowing in contributed}

contributed contains object.union(narrowing, {"rule": concat("/", [domain, name])}) if {
	some domain, name
	some narrowing in data.phantang.rules[domain][name].narrow
}

checked(narrowing) := narrowing if {
	about_known(narrowing)
	well_formed(narrowing)
} else := {"rule": narrowing.rule, "effect": "deny", "text": "malformed"}

known_tables := {table.name | some table in facts.tables}

known_columns := {[column.table, column.name] | some column in facts.columns}

about_known(narrowing) if {
	not narrowing.table
	not narrowing.column
}

about_known(narrowing) if {
	narrowing.table in known_tables
	not narrowing.column
}

about_known(narrowing) if [narrowing.table, narrowing.column] in known_columns

well_formed(narrowing) if narrowing.effect in ["deny", "note"]

well_formed(narrowing) if {
	narrowing.effect == "mask"
	narrowing.column
	narrowing.mask in data.law.masks.order
	is_object(narrowing.params)
}

well_formed(narrowing) if {
	narrowing.effect == "filter"
	narrowing.table
	not narrowing.column
	narrowing.predicate.type in ["field", "compound", "lookup"]
}

well_formed(narrowing) if {
	narrowing.effect == "oblige"
	is_object(narrowing.obligation)
	every name, _ in narrowing.obligation { name in ["aggregate_only", "min_group_size", "max_rows"] }
}
