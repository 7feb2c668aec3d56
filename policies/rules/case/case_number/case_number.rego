# METADATA
# title: Sensitive data need a case number
# description: An investigation sees sensitive columns only under the number of a case.
package phantang.rules.case.case_number

import data.phantang.lib.facts
import data.phantang.lib.masks

narrow contains object.union(masks.nothing, {
	"effect": "mask",
	"table": column.table,
	"column": column.name,
	"text": "missing",
}) if {
	not facts.case_named
	some column in facts.columns_under["case/case_number"]
}
