# METADATA
# title: No position together with an identifier, for a business
# description: Beside a position, whatever names a person or a vehicle may only be counted.
package phantang.rules.hard.location_identifier

import data.phantang.lib.facts

narrow contains {"effect": "deny", "table": column.table, "column": column.name, "text": "together"} if {
	facts.business
	reads_positions
	some column in facts.columns
	some kind in column.kinds
	kind in data.law.identifiers.linkable
	count(column.uses - {"aggregate"}) > 0
}

reads_positions if {
	some kind in data.law.identifiers.location
	kind in facts.kinds
}
