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

allow if count(denials) == 0

denials := {narrowing | some narrowing in collected.narrowings; narrowing.effect == "deny"}

denied_query if {
	some narrowing in denials
	not narrowing.table
}

denied_tables := {narrowing.table | some narrowing in denials; not narrowing.column}

denied_columns := {[narrowing.table, narrowing.column] | some narrowing in denials}

masked := {narrowing | some narrowing in collected.narrowings; narrowing.effect == "mask"}

columns := {table.name: {column.name: effect |
	some column in facts.columns
	column.table == table.name
	effect := effect_on(column)
} |
	some table in facts.tables
}

effect_on(column) := {"effect": "deny"} if {
	denied(column)
} else := {"effect": "clear"} if {
	count(masks_of(column)) == 0
} else := object.union({"effect": "mask"}, masks.strictest(masks_of(column)))

denied(_) if denied_query

denied(column) if column.table in denied_tables

denied(column) if [column.table, column.name] in denied_columns

masks_of(column) := {{"mask": narrowing.mask, "params": narrowing.params} |
	some narrowing in masked
	narrowing.column == column.name
	narrowing.table == column.table
	narrowing.mask != "MASK_NONE"
}

rows := {table.name: predicates |
	some table in facts.tables
	predicates := {narrowing.predicate |
		some narrowing in collected.narrowings
		narrowing.effect == "filter"
		narrowing.table == table.name
	}
}

obliged := {narrowing.obligation | some narrowing in collected.narrowings; narrowing.effect == "oblige"}

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
])

# METADATA
# description: The digest of this bundle, set where it is packed; a bundle loaded without it can be told apart.
default revision := "unpinned"

revision := data.bundle.revision
