# METADATA
# title: Facts
# description: |
#   The request as rules see it: which row of the matrix it falls under, and every table and column with the rules in
#   force for it. Facts permit nothing and refuse nothing.
package phantang.lib.facts

import data.phantang.lib.tags

# METADATA
# description: The row of the matrix. Whoever is not known there asks as a public citizen.
default requester := "public_citizen"

requester := data.law.requesters[input.context.purpose].any

requester := data.law.requesters[input.context.purpose][input.subject.level] if input.subject.level != "any"

cells := data.law.matrix[requester]

# METADATA
# description: Tier -> the rules which its cell puts in force.
rules_of := {tier: {rule | some rule in cell.under} | some tier, cell in cells}

# METADATA
# description: A request that names no purpose may only ask for what needs none.
purpose_claimed if not purpose_left_out

purpose_left_out if input.context.purpose in [null, ""]

business if input.subject.kind in data.law.limits.business.kinds

business if input.context.purpose in data.law.limits.business.purposes

aggregate_only if input.resource.shape.aggregate_only == true

case_named if {
	is_string(input.context.case_id)
	trim_space(input.context.case_id) != ""
}

# METADATA
# description: The rows of the source carry the codes of today's units only, as its entry in the catalog says.
recoded if input.resource.recoded == true

# METADATA
# description: |
#   The tables of the request, each with its columns. `personal`: its rows speak of people. `row_tier`: the tier of a row
#   as such. `under`: the rules in force for its rows. `one_person_by`: columns whose lookup restricts the query to one
#   person. `register`: the class of the whole register where the query lists it.
tables := [fact |
	some table in input.resource.tables
	one_person_by := lookups_in(table)
	register := register_of(table, one_person_by)
	row_tier := max([tier_of_rows(table), register])
	fact := {
		"name": table.name,
		"tier": table.tier,
		"kinds": kinds_of(table),
		"privacy_unit": table.privacy_unit,
		"followed": object.get(table, "followed", false),
		"differential_privacy": object.get(table, "differential_privacy", null),
		"scope": table.scope,
		"jurisdiction": object.get(table, "jurisdiction", {}),
		"personal": table.name in personal_tables,
		"row_tier": row_tier,
		"register": register,
		"under": object.get(rules_of, row_tier, set()),
		"one_person_by": one_person_by,
		"columns": columns_of(table),
	}
]

# METADATA
# description: The columns of all tables.
columns := [column | some table in tables; some column in table.columns]

# METADATA
# description: Rule -> the columns it is in force for. A rule which the requester's row of the matrix lacks is not a key.
columns_under := {rule: governed |
	some rule in union({rules | some rules in rules_of})
	governed := [column | some column in columns; rule in column.under]
}

# METADATA
# description: The tiers and the kinds of everything the request touches.
tiers := {table.row_tier | some table in tables} | {column.tier | some column in columns}

kinds := union({above | some above in tags_above})

# METADATA
# description: |
#   The columns of a table, each with the table's name. `kinds`: its tags and every tag above them. `tier`: its class, T4a
#   or T4b in place of T4. `raised_by`: the combinations that raised it. `looked_up`: the query looks it up, and may though
#   its output is masked. `computed`: from other columns, so that one value of it may be many people's. What nobody
#   classified counts as sensitive.
columns_of(table) := [fact |
	some column in table.columns
	combined_by := {id | some tag in column.tags; some id in combined_tags[tag]; beyond_counting(column)}
	raised_by := combined_by | {"measured" | measured_columns[[table.name, column.name]]}
	tier := max({class_of(column)} | {raised_to[id] | some id in raised_by})
	fact := object.union(column, {
		"table": table.name,
		"tier": tier,
		"raised_by": raised_by,
		"kinds": kinds_of(column),
		"uses": {use | some use in column.uses},
		"computed": computed(column),
		"looked_up": ["granted" | "lookup" in column.uses; identifies(column, tier)] != [],
		"under": object.get(rules_of, tier, set()),
	})
]

# METADATA
# description: |
#   True when the request holds every fact a rule may read. A rule could take a missing fact for 'no objection', so nothing
#   is decided without it, also for a caller who did not check the request against the schema.
complete if {
	holds(input.subject, {"id", "kind", "actor", "level", "jurisdiction", "clearance", "roles", "purposes", "approvals", "officer"})
	holds(input.resource, {"source", "tables", "shape", "recoded", "cases", "case_required"})
	holds(input.resource.shape, {"aggregate_only"})
	holds(input.context, {"purpose", "purpose_valid_until", "legal_ref", "case_id", "consent_id", "consent_valid_until", "consent_status", "time"})
	every table in input.resource.tables {
		holds(table, {"name", "tier", "tags", "privacy_unit", "scope", "subjects", "singled_out_by", "columns"})
		subjects_counted(table)
		every column in table.columns {
			holds(column, {"name", "tier", "tags", "personal_class", "classified", "uses"})
		}
	}
	count(tables) == count(input.resource.tables)
	count(columns) == count([1 | some table in input.resource.tables; some _ in table.columns])
}

subjects_counted(table) if table.subjects == null

subjects_counted(table) if is_number(table.subjects)

holds(part, keys) if count(keys - object.keys(part)) == 0

# The tier of a column, and whether a T4 is important or core; of a table likewise.
class_of(item) := "T4a" if {
	lowest_of(item) == data.law.limits.important_from
	some kind in kinds_of(item)
	kind in data.law.combinations.important
	not core(item)
} else := "T4b" if {
	lowest_of(item) == data.law.limits.important_from
} else := lowest_of(item)

core(item) if {
	some kind in kinds_of(item)
	kind in data.law.combinations.core
}

# The tier the catalog gives, raised to the floor of each tag, and to sensitive where nobody classified.
lowest_of(item) := max((({item.tier} | unclassified_tier(item)) | floors_of(item)))

unclassified_tier(item) := set() if {
	object.get(item, "classified", true) == true
} else := {data.law.limits.sensitive_from}

floors_of(item) := set() if {
	object.get(item, "personal_class", "none") == "deidentified"
} else := {floor | some tag in item.tags; floor := floor_of[tag]}

floor_of := {tag: highest |
	some tag, above in tags_above
	highest := max([floor | some kind in above; floor := data.law.combinations.floors[kind]])
}

# Where the law grants lookups: by an identifier; with consent a business compares all it holds of the person.
identifies(column, tier) if {
	not computed(column)
	requester in data.law.limits.may_look_up
	some kind in kinds_of(column)
	kind in compared_in(tier)
}

compared_in(tier) := data.law.identifiers.match if {
	"business/consent" in rules_of[tier]
} else := data.law.identifiers.lookup

# Combinations of this query: a column of every group is used beyond counting, where the requester sees values.
combined contains id if {
	some id, combination in data.law.combinations.together
	data.law.letters[cells[combination.to].permit].clear == true
	shows(combination)
	every group in combination.when { met(group) }
}

# Combination -> the tier it raises to.
raised_to := object.union(
	{id: combination.to | some id, combination in data.law.combinations.together},
	{"measured": data.law.combinations.measured.to},
)

# The columns of sets that were measured to single people out, where each of a set is used in this query.
measured_columns contains [used.table, used.column.name] if {
	data.law.letters[cells[data.law.combinations.measured.to].permit].clear == true
	shows(data.law.combinations.measured)
	some table in input.resource.tables
	some members in table.singled_out_by
	every member in members { stood_for(table.name, member) }
	some member in members
	some used in used_columns
	same_kind(used, table.name, member)
}

used_columns := [{"table": table.name, "column": column} |
	some table in input.resource.tables
	some column in table.columns
	beyond_counting(column)
]

stood_for(table, member) if {
	some used in used_columns
	same_kind(used, table, member)
}

# The column itself, or one of its kind anywhere in the query: joined, tables are one.
same_kind(used, table, member) if {
	used.table == table
	used.column.name == member.column
}

same_kind(used, _, member) if {
	some tag in used.column.tags
	some other in member.tags
	tag != "none"
	kin(tag, other)
}

kin(tag, other) if tags.within(tag, [other])

kin(tag, other) if tags.within(other, [tag])

shows(combination) if combination.rows_only == false

shows(_) if not aggregate_only

met(group) if {
	some kind in group
	kind in used_kinds
}

used_kinds := {kind |
	some table in input.resource.tables
	some column in table.columns
	beyond_counting(column)
	some kind in kinds_of(column)
}

beyond_counting(column) if {
	some use in column.uses
	use != "aggregate"
}

# Tag -> the combinations it is part of.
combined_tags := {tag: ids |
	some tag, above in tags_above
	ids := {id | some id in combined; some group in data.law.combinations.together[id].when; some kind in group; kind in above}
	count(ids) > 0
}

personal_tables contains table.name if {
	some table in input.resource.tables
	not impersonal(table)
}

impersonal(table) if {
	table.privacy_unit == null
	lowest_of(table) < data.law.limits.personal_from
	every column in table.columns { class_of(column) < data.law.limits.personal_from }
}

# That a person is in a register is basic personal data; of important or secret data a row is no less so.
tier_of_rows(table) := class_of(table) if {
	table.tier > data.law.limits.sensitive_from
} else := data.law.limits.personal_from if {
	table.name in personal_tables
} else := "T0"

# A register of very many people, listed: one person, a sample and aggregates are not the register.
register_of(table, one_person_by) := max({"T0"} | classes) if {
	count(one_person_by) == 0
	not aggregate_only
	not sampled
	classes := {step.tier |
		some step in data.law.combinations.by_count
		table.subjects >= step.ge
		read_as(step.class, table)
	}
} else := "T0"

sampled if "limit/sample" in rules_of[data.law.limits.personal_from]

read_as("basic", table) if is_number(table.subjects)

read_as("sensitive", table) if {
	is_number(table.subjects)
	some column in table.columns
	class_of(column) >= data.law.limits.sensitive_from
}

read_as("bank_payment", table) if {
	is_number(table.subjects)
	some column in table.columns
	some kind in kinds_of(column)
	kind in data.law.combinations.bank_payment
}

lookups_in(table) := {column.name |
	some column in table.columns
	"lookup" in column.uses
	not computed(column)
	tells_people_apart(table, column)
}

computed(column) := object.get(column, "generated", false) != false

tells_people_apart(table, column) if column.name == table.privacy_unit

tells_people_apart(_, column) if {
	some kind in kinds_of(column)
	kind in data.law.identifiers.lookup
}

kinds_of(item) := union({tags_above[tag] | some tag in item.tags})

# A finer tag is also every tag above it: person.national_id.cmnd9 is a person.national_id.
tags_above := {tag: above |
	some tag in all_tags
	parts := split(tag, ".")
	above := {concat(".", array.slice(parts, 0, end)) | some end in numbers.range(1, count(parts))}
}

all_tags := {tag | some item in tagged; some tag in item.tags}

tagged := array.concat(input.resource.tables, [column | some table in input.resource.tables; some column in table.columns])
