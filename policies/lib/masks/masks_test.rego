# METADATA
# title: Tests of masks
package phantang.tests.lib.masks

import data.phantang.lib.masks

grid(step) := {"mask": "GENERALIZE", "params": {"kind": "grid", "step": step}}

year := {"mask": "GENERALIZE", "params": {"kind": "year"}}

month := {"mask": "GENERALIZE", "params": {"kind": "month"}}

test_the_later_in_the_order_wins if {
	masks.strictest({{"mask": "MASK", "params": {}}, {"mask": "TOKEN", "params": {}}}).mask == "MASK"
}

test_the_wider_step_wins if masks.strictest({grid(0.01), grid(0.1)}) == grid(0.1)

test_steps_that_cross_show_nothing if {
	masks.strictest({grid(0.02), grid(0.03)}) == masks.nothing
	masks.strictest({bucket(1000), bucket(1500)}) == masks.nothing
	masks.strictest({bucket(1000), bucket(5000)}) == bucket(5000)
	masks.strictest({grid(0.01), grid(0.05)}) == grid(0.05)
}

bucket(width) := {"mask": "GENERALIZE", "params": {"kind": "bucket", "width": width}}

test_the_year_is_wider_than_the_month if masks.strictest({year, month}) == year

test_what_does_not_compare_shows_nothing if masks.strictest({grid(0.01), year}) == masks.nothing

band(width) := {"mask": "GENERALIZE", "params": {"kind": "age_band", "width": width}}

test_the_wider_band_wins if {
	masks.strictest({band(5), band(10)}) == band(10)
	masks.strictest({year, band(10)}) == band(10)
}

test_bands_that_cross_show_nothing if masks.strictest({band(5), band(7)}) == masks.nothing

test_the_unknown_shows_nothing if masks.strictest({{"mask": "NO_SUCH", "params": {}}}) == masks.nothing

test_no_mask_shows_nothing if masks.strictest(set()) == masks.nothing
