# METADATA
# title: The decision
# description: |
#   Matrix, then narrowings, strictest first: a denial anywhere denies the query; of a column's masks the strictest
#   holds; a table's predicates all hold; obligations compose to the stricter. Rules do not know each other, and their
#   order and number do not matter.
# entrypoint: true
package phantang

import data.phantang.lib.facts
import data.phantang.lib.masks
import data.phantang.main.collected
import data.phantang.main.reasons as explained

decision := {
	"allow": allow,
	"columns": columns,
	"rows": rows,
	"obligations": obligations,
	"reasons": explained.reasons,
	"revision": revision,
}

default allow := false

allow if count(collected.denials) == 0

denied_query if {
	some narrowing in collected.denials
	not narrowing.table
}

denied_tables := {narrowing.table | some narrowing in collected.denials; not narrowing.column}

denied_columns := {[narrowing.table, narrowing.column] | some narrowing in collected.denials}

columns := {table.name: effects_in(table) | some table in facts.tables}

effects_in(table) := {column.name: {"effect": "deny"} | some column in table.columns} if {
	denied(table)
} else := {column.name: effect_on([table.name, column.name]) | some column in table.columns}

denied(_) if denied_query

denied(table) if table.name in denied_tables

effect_on(place) := {"effect": "deny"} if {
	place in denied_columns
} else := masked[place] if {
	masked[place]
} else := {"effect": "clear"}

# Place -> what is left of a column that rules mask.
masked := {place: effect |
	some place in masked_places
	chosen := {choice | some choice in used; [place, choice] in choices}
	effect := object.union({"effect": "mask"}, left_of(place, chosen))
}

# What masks leave of a column is told in its own form: of a part of it, or of it turned round, they would leave more.
left_of(place, chosen) := masks.nothing if {
	place in computed
} else := masks.strictest(chosen)

computed := {[column.table, column.name] | some column in facts.columns; column.computed == true}

masked_places := {[narrowing.table, narrowing.column] | some narrowing in collected.masks; narrowing.mask != "MASK_NONE"}

# Few masks are used, on many columns: each column is asked for each mask.
used := {{"mask": narrowing.mask, "params": narrowing.params} |
	some narrowing in collected.masks
	narrowing.mask != "MASK_NONE"
}

choices := {[place, choice] |
	some narrowing in collected.masks
	narrowing.mask != "MASK_NONE"
	place := [narrowing.table, narrowing.column]
	choice := {"mask": narrowing.mask, "params": narrowing.params}
}

rows := {table.name: predicates |
	some table in facts.tables
	predicates := {narrowing.predicate | some narrowing in collected.filters; narrowing.table == table.name}
}

obliged := {narrowing.obligation | some narrowing in collected.duties}

obligations := object.union_n([
	{"aggregate_only": true | some duty in obliged; duty.aggregate_only},
	{"min_group_size": size |
		some _ in obliged
		size := max([duty.min_group_size | some duty in obliged])
	},
	{"max_rows": rows_at_most |
		some _ in obliged
		rows_at_most := min([duty.max_rows | some duty in obliged])
	},
	{"lookups_per_day": lookups |
		some _ in obliged
		lookups := min([duty.lookups_per_day | some duty in obliged])
	},
	{"lookups_per_person": lookups |
		some _ in obliged
		lookups := min([duty.lookups_per_person | some duty in obliged])
	},
	{"differential_privacy": {"epsilon": epsilon, "budget": budget} |
		some _ in obliged
		epsilon := min([duty.differential_privacy.epsilon | some duty in obliged])
		budget := min([duty.differential_privacy.budget | some duty in obliged])
	},
])

# METADATA
# description: The digest of this bundle, set where it is packed; a bundle loaded without it can be told apart.
default revision := "unpinned"

revision := data.bundle.revision
