# METADATA
# title: Reasons
# description: Each narrowing with its words and its law, from data.
package phantang.main.reasons

import data.phantang.main.collected

reasons contains reason if {
	some narrowing in collected.narrowings
	words := words_of(narrowing)
	named := placeholders(narrowing)
	reason := {
		"rule": narrowing.rule,
		"effect": narrowing.effect,
		"on": subject_matter(narrowing),
		"legal_basis": [data.law.basis[id] | some id in words.basis],
		"message": {lang: strings.replace_n(named, text) | some lang, text in words.message},
		"remedy": {lang: strings.replace_n(named, text) | some lang, text in words.remedy},
	}
}

words_of(narrowing) := words if {
	[domain, name] := split(narrowing.rule, "/")
	words := data.law.texts[domain][name][narrowing.text]
} else := data.law.texts.base.unknown.rule

subject_matter(narrowing) := concat(".", [narrowing.table, narrowing.column]) if {
	narrowing.column
} else := narrowing.table if {
	narrowing.table
} else := "query"

# A name may hold braces; as brackets they are never taken for a placeholder themselves.
placeholders(narrowing) := {concat("", ["{", name, "}"]): value |
	some name, given in object.union(object.get(narrowing, "args", {}), {
		"table": object.get(narrowing, "table", ""),
		"column": object.get(narrowing, "column", ""),
		"on": subject_matter(narrowing),
		"rule": narrowing.rule,
	})
	value := replace(replace(given, "{", "("), "}", ")")
}
