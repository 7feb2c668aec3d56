# METADATA
# title: Reasons
# description: Each narrowing with its words and its law, from data.
package phantang.main.reasons

import data.phantang.main.collected

reasons contains reason if {
	some narrowing in collected.narrowings
	said := [narrowing.rule, object.get(narrowing, "text", "")]
	words := told[said]
	named := placeholders(narrowing)
	reason := {
		"rule": narrowing.rule,
		"effect": narrowing.effect,
		"on": subject_matter(narrowing),
		"legal_basis": words.legal_basis,
		"message": {lang: strings.replace_n(named, text) | some lang, text in words.message},
		"remedy": object.union(
			{lang: strings.replace_n(named, text) | some lang, text in words.remedy},
			change_of(narrowing, words),
		),
	}
}

# The remedy as data, for what can be mended: the words' change, where, and what the rule adds.
change_of(narrowing, words) := {"change": change} if {
	words.change
	narrowing.effect in ["deny", "mask"]
	change := object.union_n([
		words.change,
		{part: narrowing[part] | some part in ["table", "column"]; narrowing[part]},
		object.get(narrowing, "change", {}),
	])
} else := {}

# Many reasons share their words and their law, which are put together once.
told := {said: object.union(words, {"legal_basis": [data.law.basis[id] | some id in words.basis]}) |
	some said in {[narrowing.rule, object.get(narrowing, "text", "")] | some narrowing in collected.narrowings}
	words := words_of(said[0], said[1])
}

words_of(rule, text) := words if {
	path := array.concat(split(rule, "/"), [text])
	words := object.get(data.law.texts, path, null)
	words != null
} else := data.law.texts.base.unknown.rule

subject_matter(narrowing) := concat(".", [narrowing.table, narrowing.column]) if {
	narrowing.column
} else := narrowing.table if {
	narrowing.table
} else := "query"

# A name may hold braces; as brackets they are never taken for a placeholder themselves.
placeholders(narrowing) := object.union(
	{concat("", ["{", name, "}"]): bare(given) | some name, given in narrowing.args},
	{
		"{table}": bare(object.get(narrowing, "table", "")),
		"{column}": bare(object.get(narrowing, "column", "")),
		"{on}": bare(subject_matter(narrowing)),
		"{rule}": bare(narrowing.rule),
	},
)

bare(name) := replace(replace(name, "{", "("), "}", ")")
