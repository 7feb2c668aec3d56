# METADATA
# title: Facts
# description: |
#   The request as rules see it: which row of the matrix it falls under, and every table and column with the rules in
#   force for it. Facts permit nothing and refuse nothing.
package phantang.lib.facts

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

# METADATA
# description: |
#   The tables of the request, each with its columns. `personal`: its rows speak of people. `row_tier`: the tier of a row
#   as such. `under`: the rules in force for its rows. `one_person_by`: columns whose lookup restricts the query to one
#   person.
tables := [fact |
	some table in input.resource.tables
	row_tier := tier_of_rows(table)
	fact := {
		"name": table.name,
		"tier": table.tier,
		"kinds": kinds_of(table),
		"privacy_unit": table.privacy_unit,
		"scope": table.scope,
		"personal": table.name in personal_tables,
		"row_tier": row_tier,
		"under": object.get(rules_of, row_tier, set()),
		"one_person_by": {column.name |
			some column in table.columns
			"lookup" in column.uses
			tells_people_apart(table, column)
		},
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
#   The columns of a table, each with the table's name. `kinds`: its tags and every tag above them. What nobody classified
#   counts as sensitive.
columns_of(table) := [fact |
	some column in table.columns
	tier := tier_of(column)
	fact := object.union(column, {
		"table": table.name,
		"tier": tier,
		"kinds": kinds_of(column),
		"uses": {use | some use in column.uses},
		"under": object.get(rules_of, tier, set()),
	})
]

# METADATA
# description: |
#   True when the request holds every fact a rule may read. A rule could take a missing fact for 'no objection', so nothing
#   is decided without it, also for a caller who did not check the request against the schema.
complete if {
	holds(input.subject, {"id", "kind", "actor", "level", "jurisdiction", "clearance", "roles", "purposes"})
	holds(input.resource, {"source", "tables", "shape"})
	holds(input.resource.shape, {"aggregate_only"})
	holds(input.context, {"purpose", "purpose_valid_until", "legal_ref", "case_id", "time"})
	every table in input.resource.tables {
		holds(table, {"name", "tier", "tags", "privacy_unit", "scope", "columns"})
		every column in table.columns {
			holds(column, {"name", "tier", "tags", "personal_class", "classified", "uses"})
		}
	}
	count(tables) == count(input.resource.tables)
	count(columns) == count([1 | some table in input.resource.tables; some _ in table.columns])
}

holds(part, keys) if count(keys - object.keys(part)) == 0

tier_of(column) := column.tier if {
	column.classified == true
} else := max([column.tier, data.law.limits.sensitive_from])

personal_tables contains table.name if {
	some table in input.resource.tables
	not impersonal(table)
}

impersonal(table) if {
	table.privacy_unit == null
	table.tier < data.law.limits.personal_from
	every column in table.columns { tier_of(column) < data.law.limits.personal_from }
}

# That a person is in a register is basic personal data; of important or secret data a row is no less so.
tier_of_rows(table) := table.tier if {
	table.tier > data.law.limits.sensitive_from
} else := data.law.limits.personal_from if {
	table.name in personal_tables
} else := "T0"

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
