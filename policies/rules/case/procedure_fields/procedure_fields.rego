# METADATA
# title: Fields of the procedure only
# description: |
#   A case reads what its procedure lists, and whom it is about. Other sensitive fields are empty, other personal fields
#   masked; one that joins tables joins as a token.
package phantang.rules.case.procedure_fields

import data.phantang.lib.facts
import data.phantang.lib.masks
import data.phantang.lib.tags

narrow contains object.union(mask_of(column), {
	"effect": "mask",
	"table": column.table,
	"column": column.name,
	"text": said,
	"args": {"procedure": object.get(procedure, "name", "")},
}) if {
	some column in facts.columns_under["case/procedure_fields"]
	not listed(column)
}

default said := "no_procedure"

said := "not_listed" if procedure.needs

default procedure := {}

procedure := data.law.procedures.procedures[input.context.legal_ref]

mask_of(column) := {"mask": "TOKEN", "params": {}} if {
	column.tier < data.law.masks.suppress_from
	"join" in column.uses
	column.looked_up == false
} else := masks.for_column(column)

listed(column) if {
	column.classified == true
	count(column.tags) > 0
	every tag in column.tags { tags.within(tag, listed_tags) }
}

listed_tags := {tag | some name in listed_fields; some tag in data.law.procedures.fields[name]}

# Whom the case is about, and the fields which the procedure reads from a national database that this source holds.
listed_fields := {name | some name in data.law.procedures.identity} | {name |
	some database, names in procedure.needs
	some name in names
	held(database, name)
}

held(database, _) if input.resource.source in data.law.procedures.databases[database]

held(_, name) if {
	some database in data.law.procedures.held_also[name]
	input.resource.source in data.law.procedures.databases[database]
}
