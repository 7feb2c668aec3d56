# METADATA
# title: Tests of tags
package phantang.tests.lib.tags

import data.phantang.lib.tags

test_itself if tags.within("person.name", ["person.name"])

test_below if tags.within("person.name.other", ["person.name"])

test_not_a_longer_word if not tags.within("person.name_plate", ["person.name"])

test_not_above if not tags.within("person", ["person.name"])
