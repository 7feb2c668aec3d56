# METADATA
# title: Own jurisdiction only
# description: |
#   Of a table that speaks of people only the rows of the subject's own commune or province exist. A table that cannot
#   tell is refused, unless the catalog says of which one unit every row of its source is. Where a register was not recoded after the merger of 2025, rows keep former codes: those which became
#   part of the unit whole count as its own, and a code that could mean another unit does not. A commune and a province
#   that do not belong together are no jurisdiction.
package phantang.rules.scope.jurisdiction

import data.phantang.lib.facts

narrow contains {"effect": "filter", "table": table.name, "predicate": predicate, "text": unit, "args": args} if {
	some table in governed
	field := table.scope[unit]
	predicate := among(field)
	args := {"unit": own_unit}
}

narrow contains {"effect": "deny", "table": table.name, "text": "no_scope"} if {
	some table in governed
	unit
	not table.scope[unit]
	not of_one_unit(table)
}

narrow contains {"effect": "deny", "table": table.name, "text": "other_unit", "args": {"unit": table.jurisdiction[unit]}} if {
	some table in governed
	not table.scope[unit]
	of_one_unit(table)
	table.jurisdiction[unit] != own_unit
}

narrow contains {"effect": "note", "table": table.name, "text": "whole", "args": {"unit": own_unit}} if {
	some table in governed
	not table.scope[unit]
	of_one_unit(table)
	table.jurisdiction[unit] == own_unit
}

narrow contains {"effect": "deny", "text": "no_jurisdiction"} if {
	count(governed) > 0
	not own_unit
}

# Whose entry names a commune of another province is of no place that can be told.
narrow contains {"effect": "deny", "text": "two_places", "args": {"unit": own_unit}} if {
	count(governed) > 0
	both_named
	not own_place_can_be_told
}

narrow contains {"effect": "deny", "text": "no_code", "args": {"unit": own_unit}} if {
	count(governed) > 0
	count(codes) == 0
}

narrow contains {"effect": "note", "text": "former", "args": {"unit": own_unit}} if {
	some table in governed
	table.scope[unit]
	count(codes) > 1
}

governed := [table |
	not unbounded
	some table in facts.tables
	"scope/jurisdiction" in table.under
]

unit := data.law.limits.levels[input.subject.level]

own_unit := code if {
	code := input.subject.jurisdiction[unit]
	code != ""
}

both_named if {
	input.subject.jurisdiction.province
	input.subject.jurisdiction.commune
}

own_place_can_be_told if of_one_place(input.subject.jurisdiction)

of_one_place(place) if place.commune in data.law.units.communes[place.province]

# A register said to be of a commune of another province is of no place that can be told.
of_one_unit(table) if {
	table.jurisdiction[unit]
	not table.jurisdiction.commune
}

of_one_unit(table) if {
	table.jurisdiction[unit]
	of_one_place(table.jurisdiction)
}

unbounded if input.subject.level in data.law.limits.unbounded_levels

among(field) := {"type": "field", "operator": "eq", "field": field, "value": code} if {
	count(codes) == 1
	some code in codes
} else := {"type": "field", "operator": "in", "field": field, "value": codes} if {
	count(codes) > 1
}

# The codes that can only mean the own unit.
codes := [own_unit] if {
	facts.recoded
} else := data.law.units[unit][own_unit] if {
	data.law.units[unit][own_unit]
} else := [own_unit]
