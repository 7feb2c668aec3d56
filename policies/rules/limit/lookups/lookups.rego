# METADATA
# title: Lookups are counted
# description: Looking one person up counts against a limit for each subject and day. Without a limit there is no lookup.
package phantang.rules.limit.lookups

import data.phantang.lib.facts

narrow contains {"effect": "oblige", "obligation": {"lookups_per_day": limit}, "text": "lookups", "args": args} if {
	looks_up
	limited
	args := {"limit": format_int(limit, 10)}
}

narrow contains {"effect": "deny", "text": "unlimited"} if {
	looks_up
	not limited
}

limited if limit >= 1

looks_up if {
	some table in facts.tables
	table.personal
	count(table.one_person_by) > 0
}

limit := data.law.limits.lookups_a_day[facts.requester] if {
	data.law.limits.lookups_a_day[facts.requester]
} else := data.law.limits.lookups_a_day.otherwise
