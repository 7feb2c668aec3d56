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

test_the_year_is_wider_than_the_month if masks.strictest({year, month}) == year

test_what_does_not_compare_shows_nothing if masks.strictest({grid(0.01), year}) == masks.nothing

test_the_unknown_shows_nothing if masks.strictest({{"mask": "NO_SUCH", "params": {}}}) == masks.nothing

test_no_mask_shows_nothing if masks.strictest(set()) == masks.nothing
