# METADATA
# title: Sensitive fields of the procedure only
# description: A sensitive column is shown when the procedure named by the request lists that field; otherwise it is empty.
package phantang.rules.case.procedure_fields

import data.phantang.lib.facts
import data.phantang.lib.masks
import data.phantang.lib.tags

narrow contains object.union(masks.nothing, {
	"effect": "mask",
	"table": column.table,
	"column": column.name,
	"text": "not_listed",
}) if {
	some column in facts.columns_under["case/procedure_fields"]
	column.tier >= data.law.limits.sensitive_from
	not listed(column)
}

listed(column) if {
	column.classified == true
	count(column.tags) > 0
	every tag in column.tags { tags.within(tag, listed_tags) }
}

# Tags of the fields which the procedure reads from the national database that this source holds.
listed_tags := {tag |
	some database, names in data.law.procedures.procedures[input.context.legal_ref].needs
	input.resource.source in data.law.procedures.databases[database]
	some name in names
	some tag in data.law.procedures.fields[name]
}
