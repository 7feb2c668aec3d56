# METADATA
# title: Own jurisdiction only
# description: |
#   Of a table that speaks of people only the rows of the subject's own commune or province exist. A table that cannot
#   tell is refused.
package phantang.rules.scope.jurisdiction

import data.phantang.lib.facts

narrow contains {"effect": "filter", "table": table.name, "predicate": predicate, "text": unit, "args": args} if {
	some table in governed
	field := table.scope[unit]
	predicate := {"type": "field", "operator": "eq", "field": field, "value": own_unit}
	args := {"unit": own_unit}
}

narrow contains {"effect": "deny", "table": table.name, "text": "no_scope"} if {
	some table in governed
	unit
	not table.scope[unit]
}

narrow contains {"effect": "deny", "text": "no_jurisdiction"} if {
	count(governed) > 0
	not own_unit
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

unbounded if input.subject.level in data.law.limits.unbounded_levels
