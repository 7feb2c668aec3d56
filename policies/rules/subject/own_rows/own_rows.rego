# METADATA
# title: A person's own rows
# description: |
#   A person sees their own rows: every table that speaks of people is looked up by their own identifier. The gateway says
#   that the literal is theirs; the literal itself is neither here nor in the decision.
package phantang.rules.subject.own_rows

import data.phantang.lib.facts

narrow contains {"effect": "filter", "table": table.name, "predicate": predicate, "text": "own"} if {
	some table in governed
	some by in own_in(table)
	predicate := {"type": "lookup", "operator": "eq", "field": by}
}

narrow contains {
	"effect": "deny",
	"table": table.name,
	"text": "not_own",
	"change": {"column": by},
} if {
	some table in governed
	count(own_in(table)) == 0
	by := identifier_of(table)
}

narrow contains {"effect": "deny", "table": table.name, "text": "no_identifier"} if {
	some table in governed
	count(own_in(table)) == 0
	not identifier_of(table)
}

governed := [table | some table in facts.tables; "subject/own_rows" in table.under]

own_in(table) := {column.name |
	some column in table.columns
	column.name in table.one_person_by
	object.get(column, "own", false) == true
}

identifier_of(table) := min(identifiers) if {
	identifiers := {column.name |
		some column in table.columns
		some kind in column.kinds
		kind in data.law.identifiers.own
	}
	count(identifiers) > 0
}
