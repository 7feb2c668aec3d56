# METADATA
# title: Collected narrowings
# description: |
#   Everything every loaded rule contributes, by what it does. What is not a well-formed narrowing is a denial, so a
#   mistake in a rule can only narrow.
package phantang.main.collected

import data.phantang.lib.facts
import data.phantang.main.contributions
import data.phantang.main.permits

narrowings := (((denials | masks) | filters) | duties) | notes

denials := (permits.refusals | denied) | malformed

contributed := {object.union(narrowing, {"rule": rule}) |
	some rule, found in contributions.by_rule
	some narrowing in found
}

denied := {narrowing |
	some narrowing in contributed
	narrowing.effect == "deny"
	placed(narrowing)
}

notes := {narrowing |
	some narrowing in contributed
	narrowing.effect == "note"
	placed(narrowing)
}

masks := {narrowing |
	some narrowing in contributed
	narrowing.effect == "mask"
	[narrowing.table, narrowing.column] in known_columns
	narrowing.mask in data.law.masks.order
	is_object(narrowing.params)
}

filters := {narrowing |
	some narrowing in contributed
	narrowing.effect == "filter"
	not narrowing.column
	narrowing.table in known_tables
	narrowing.predicate.type in ["field", "compound", "lookup", "membership"]
}

duties := {narrowing |
	some narrowing in contributed
	narrowing.effect == "oblige"
	placed(narrowing)
	is_object(narrowing.obligation)
	every name, _ in narrowing.obligation {
		name in [
			"aggregate_only",
			"min_group_size",
			"max_rows",
			"lookups_per_day",
			"lookups_per_person",
			"differential_privacy",
		]
	}
}

malformed := {{"rule": narrowing.rule, "effect": "deny", "text": "malformed"} |
	some narrowing in (((((contributed - denied) - notes) - masks) - filters) - duties)
}

known_tables := {table.name | some table in facts.tables}

known_columns := {[column.table, column.name] | some column in facts.columns}

# About the query, a table or a column of it.
placed(narrowing) if {
	[narrowing.table, narrowing.column] in known_columns
} else if {
	not narrowing.column
	narrowing.table in known_tables
} else if {
	not narrowing.column
	not narrowing.table
}
