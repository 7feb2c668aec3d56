# METADATA
# title: The purpose has not expired
# description: A purpose permits until the end of its last day, Vietnamese time. A purpose without a last day permits nothing.
package phantang.rules.purpose.valid

import data.phantang.lib.dates
import data.phantang.lib.facts

narrow contains {"effect": "deny", "text": "endless", "args": {"purpose": input.context.purpose}} if {
	facts.purpose_claimed
	last_day == null
}

narrow contains {"effect": "deny", "text": "expired", "args": args} if {
	facts.purpose_claimed
	last_day != null
	not current
	args := {"purpose": input.context.purpose, "day": last_day}
}

last_day := object.get(input.context, "purpose_valid_until", null)

current if dates.current(last_day)
