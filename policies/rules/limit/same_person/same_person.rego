# METADATA
# title: The same person, a few times
# description: |
#   Answers of yes or no about one person are counted a person and day: a birth date has too few values for whoever may ask
#   often. Without such a limit there is no question.
package phantang.rules.limit.same_person

import data.phantang.lib.facts

narrow contains {"effect": "oblige", "obligation": {"lookups_per_person": limit}, "text": "person", "args": args} if {
	governs
	limited
	args := {"limit": format_int(limit, 10)}
}

narrow contains {"effect": "deny", "text": "unlimited"} if {
	governs
	not limited
}

governs if {
	some table in facts.tables
	"limit/same_person" in table.under
	count(table.one_person_by) > 0
}

limited if limit >= 1

limit := data.law.limits.lookups_of_a_person_a_day[facts.requester]
