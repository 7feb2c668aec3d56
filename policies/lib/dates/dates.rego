# METADATA
# title: Dates
# description: Permissions end with their last day, Vietnamese time. What names no last day has ended.
package phantang.lib.dates

# METADATA
# description: True until the end of `last_day`.
current(last_day) if {
	is_string(last_day)
	last_moment := concat("T", [last_day, "23:59:59.999999999+07:00"])
	time.parse_rfc3339_ns(input.context.time) <= time.parse_rfc3339_ns(last_moment)
}
