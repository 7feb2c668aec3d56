# METADATA
# title: The purpose has not expired
# description: A purpose permits until the end of its last day, Vietnamese time. A purpose without a last day permits nothing.
package phantang.rules.purpose.valid

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

current if {
	is_string(last_day)
	last_moment := concat("T", [last_day, "23:59:59.999999999+07:00"])
	time.parse_rfc3339_ns(input.context.time) <= time.parse_rfc3339_ns(last_moment)
}
