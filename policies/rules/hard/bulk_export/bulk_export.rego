# METADATA
# title: No bulk export of sensitive data
# description: |
#   Row by row, sensitive values leave for one person at a time. In a list they are empty, whoever asks; the one
#   exception is a row of the matrix that has its own rule for them.
package phantang.rules.hard.bulk_export

import data.phantang.lib.facts
import data.phantang.lib.masks

narrow contains object.union(masks.nothing, {
	"effect": "mask",
	"table": table.name,
	"column": column.name,
	"text": "list",
}) if {
	not exempt
	not facts.aggregate_only
	some table in facts.tables
	count(table.one_person_by) == 0
	some column in table.columns
	column.tier >= data.law.limits.sensitive_from
	"output" in column.uses
}

exempt if facts.requester in data.law.limits.bulk_exempt
