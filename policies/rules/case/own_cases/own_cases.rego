# METADATA
# title: Own cases only
# description: |
#   A case is one of the officer's own. Where the catalog names the register of cases of a source, only rows exist of those
#   whom a case assigned to the officer is about, and with a case number, whom that case is about. The register holds ids
#   of subjects, or of the officers of one, who are then named with the question. The number is owed where that register does not say whose a case is, and where the catalog asks for it; elsewhere it may be given.
package phantang.rules.case.own_cases

import data.phantang.lib.facts
import data.phantang.lib.tags

narrow contains {"effect": "deny", "text": "no_case"} if {
	count(governed) > 0
	register != null
	count(conditions) == 0
	not officer_owed
}

narrow contains {"effect": "deny", "text": "no_officer", "args": {"register": register.table}} if {
	count(governed) > 0
	officer_owed
}

narrow contains {"effect": "deny", "text": "no_case"} if {
	count(governed) > 0
	register == null
	input.resource.case_required == true
	not facts.case_named
}

narrow contains {"effect": "note", "text": "named"} if {
	count(governed) > 0
	register == null
	facts.case_named
}

# The register itself shows the officer's own entries.
narrow contains {"effect": "filter", "table": table.name, "predicate": predicate, "text": "own", "args": args} if {
	some table in governed
	table.name == register.table
	some predicate in conditions
	args := {"register": register.table}
}

narrow contains {"effect": "filter", "table": table.name, "predicate": predicate, "text": "own", "args": args} if {
	some table in governed
	table.name != register.table
	some column in linked_in(table)
	predicate := any_of([member | some about in register.about; alike(column, about); member := membership(column, about)])
	args := {"register": register.table}
}

narrow contains {"effect": "deny", "table": table.name, "text": "unlinked", "args": {"register": register.table}} if {
	some table in governed
	table.name != register.table
	count(linked_in(table)) == 0
}

governed := [table | some table in facts.tables; "case/own_cases" in table.under]

register := input.resource.cases

# What makes an entry of the register one of the officer's, or the one that was named.
conditions := array.concat(
	[condition |
		register.officer != null
		some holder in assigned
		condition := {"type": "field", "operator": "eq", "field": register.officer, "value": holder}
	],
	[condition |
		register.case != null
		facts.case_named
		condition := {"type": "field", "operator": "eq", "field": register.case, "value": trim_space(input.context.case_id)}
	],
)

# Whom the register names of those who ask: the subject itself, or the officer who asks for it.
assigned := [input.subject.id] if {
	register.assigned_to == "agency"
} else := [input.subject.officer] if {
	register.assigned_to == "officer"
	is_string(input.subject.officer)
} else := []

officer_owed if {
	register.officer != null
	count(assigned) == 0
}

# The columns by which the query looks a table up, and the register knows people too.
linked_in(table) := {column |
	some column in table.columns
	column.name in table.one_person_by
	some about in register.about
	alike(column, about)
}

alike(column, about) if {
	some kind in data.law.identifiers.lookup
	kind in column.kinds
	some tag in about.tags
	tags.within(tag, [kind])
}

membership(column, about) := {
	"type": "membership",
	"operator": "in",
	"field": column.name,
	"table": register.table,
	"column": about.column,
	"where": conditions,
}

any_of(members) := members[0] if {
	count(members) == 1
} else := {"type": "compound", "operator": "or", "value": members}
