# METADATA
# title: Tests of dates
package phantang.tests.lib.dates

import data.phantang.lib.dates

at(moment) := {"context": {"time": moment}}

test_current_on_the_last_day if dates.current("2026-11-22") with input as at("2026-11-22T16:59:59Z")

test_over_when_the_day_ends_in_viet_nam if not dates.current("2026-11-22") with input as at("2026-11-22T17:00:00Z")

test_no_day_is_over if not dates.current(null) with input as at("2026-11-22T17:00:00Z")
