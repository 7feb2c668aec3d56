# METADATA
# title: No sale or purchase of personal data
# description: A business is never handed personal data row by row, whatever the agreement.
package phantang.rules.hard.personal_data_sale

import data.phantang.lib.facts

narrow contains {"effect": "deny", "table": column.table, "column": column.name, "text": "rows"} if {
	facts.business
	not facts.aggregate_only
	some column in facts.columns
	column.tier >= data.law.limits.personal_from
	"output" in column.uses
}
