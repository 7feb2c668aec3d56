# METADATA
# title: Masks and row filters in Trino's SQL
# description: What has no expression here shows nothing - NULL for a column, no row for a predicate.
package phantang.trino.expressions

quoted(name) := concat("", [`"`, replace(name, `"`, `""`), `"`])

clear(name) := quoted(name)

masked(effect, name, type) := clear(name) if {
	effect == {"effect": "clear"}
} else := sprintf("CAST(%s AS %s)", [expression, type]) if {
	effect.effect == "mask"
	regex.match(`^[a-z]+(\([0-9]+(, ?[0-9]+)?\))?( with(out)? time zone)?$`, type)
	expression := expressions(quoted(name), kind(type))[form(effect)]
} else := "NULL"

kind(type) := "text" if {
	startswith(type, "varchar")
} else := "moment" if {
	regex.match(`^(date|timestamp)`, type)
} else := "number" if {
	type in {"double", "real", "tinyint", "smallint", "integer", "bigint"}
} else := "number" if {
	startswith(type, "decimal")
} else := "other"

form(effect) := sprintf("GENERALIZE %s", [effect.params.kind]) if {
	effect.mask == "GENERALIZE"
	effect.params.kind in {"month", "year"}
} else := sprintf("GENERALIZE step %v", [step_of(effect.params)]) if {
	effect.mask == "GENERALIZE"
} else := effect.mask

step_of(params) := params.step if {
	params.kind == "grid"
	params.step > 0
} else := params.width if {
	params.kind == "bucket"
	params.width > 0
}

expressions(column, "text") := {
	"MASK": letters(column),
	"MASK_SHOW_LAST_4": shown(column, [letters(sprintf("substr(%s, 1, length(%s) - 4)", [column, column])), sprintf("substr(%s, -4)", [column])]),
	"MASK_SHOW_FIRST_4": shown(column, [sprintf("substr(%s, 1, 4)", [column]), letters(sprintf("substr(%s, 5)", [column]))]),
}

expressions(column, "moment") := {
	"MASK_DATE_SHOW_YEAR": sprintf("date_trunc('year', %s)", [column]),
	"GENERALIZE year": sprintf("date_trunc('year', %s)", [column]),
	"GENERALIZE month": sprintf("date_trunc('month', %s)", [column]),
}

expressions(column, "number") := {sprintf("GENERALIZE step %v", [step]): expression |
	some step in steps
	expression := sprintf("floor(CAST(%s AS double) / %v) * %v", [column, step, step])
}

# The steps of law/masks; another one, of a rule of its own, shows nothing.
steps := {step | walk(data.law.masks.generalize, [path, step]); path[count(path) - 1] in {"step", "width"}}

shown(column, ends) := sprintf("CASE WHEN length(%s) > 4 THEN %s || %s ELSE %s END", [column, ends[0], ends[1], letters(column)])

letters(value) := sprintf(
	`regexp_replace(regexp_replace(regexp_replace(%s, '\p{Lu}', 'X'), '[a-z]|[^ -~]', 'x'), '[0-9]', 'n')`,
	[value],
)

operators := {"eq": "=", "ne": "<>", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}

filter(predicate) := expression if {
	expression := compared(predicate)
} else := joined(predicate) if {
	predicate.type == "compound"
	predicate.operator in {"and", "or"}
} else := "false"

compared(predicate) := sprintf("%s %s %s", [quoted(lower(predicate.field)), operators[predicate.operator], literal(predicate.value)]) if {
	predicate.type == "field"
} else := sprintf("%s %s (%s)", [quoted(lower(predicate.field)), {"in": "IN", "nin": "NOT IN"}[predicate.operator], concat(", ", values)]) if {
	predicate.type == "field"
	count(predicate.value) > 0
	values := [literal(value) | some value in predicate.value]
	count(values) == count(predicate.value)
}

joined(predicate) := concat(sprintf(" %s ", [upper(predicate.operator)]), parts) if {
	parts := [sprintf("(%s)", [compared(operand)]) | some operand in predicate.value]
	count(parts) == count(predicate.value)
	count(parts) > 0
}

literal(value) := concat("", ["'", replace(value, "'", "''"), "'"]) if {
	is_string(value)
} else := sprintf("%v", [value]) if {
	is_number(value)
} else := sprintf("%v", [value]) if {
	is_boolean(value)
}
