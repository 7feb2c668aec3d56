# METADATA
# title: No re-identification
# description: De-identified data are not read in one query with another table that speaks of people.
package phantang.rules.hard.reidentification

import data.phantang.lib.facts

narrow contains {"effect": "deny", "table": column.table, "text": "together", "args": {"other": other.name}} if {
	some column in facts.columns
	column.personal_class == "deidentified"
	some other in facts.tables
	other.name != column.table
	other.personal
}
