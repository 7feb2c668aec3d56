# METADATA
# title: One person at a time
# description: A case is about one person, so every table that speaks of people is looked up by an identifier.
package phantang.rules.case.single_person

import data.phantang.lib.facts

narrow contains {"effect": "filter", "table": table.name, "predicate": predicate, "text": "one", "args": {"by": by}} if {
	some table in facts.tables
	"case/single_person" in table.under
	some by in table.one_person_by
	predicate := {"type": "lookup", "operator": "eq", "field": by}
}

narrow contains {"effect": "deny", "table": table.name, "text": "no_lookup", "args": {"by": hint(table)}, "change": {"column": hint(table)}} if {
	some table in facts.tables
	"case/single_person" in table.under
	count(table.one_person_by) == 0
	hint(table)
}

narrow contains {"effect": "deny", "table": table.name, "text": "no_identifier"} if {
	some table in facts.tables
	"case/single_person" in table.under
	count(table.one_person_by) == 0
	not hint(table)
}

# The column to look up by: the table's own privacy unit, else an identifier which the query already reads.
hint(table) := table.privacy_unit if {
	table.privacy_unit != null
} else := min(identifiers) if {
	identifiers := [column.name |
		some column in table.columns
		some kind in column.kinds
		kind in data.law.identifiers.lookup
	]
	count(identifiers) > 0
}
