# METADATA
# title: Shared data under an agreement
# description: Shared, non-personal data go to a business under its agreement with the owner.
package phantang.rules.business.contract

import data.phantang.lib.facts

narrow contains {"effect": "note", "table": column.table, "text": "agreement"} if {
	some column in facts.columns_under["business/contract"]
}
