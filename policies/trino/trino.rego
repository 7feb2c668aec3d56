# METADATA
# title: Trino
# description: |
#   Answers of Trino's OPA plugin, from the same decision. Trino says neither how a column is used nor for what purpose:
#   every column counts as used in every way, and the purpose is the one group of the user called purpose:<id>. What
#   Trino cannot pay (a group size, a row limit, a lookup) is refused. Evaluated by OPA only; the gateway does not read it.
#   Every answer is defined: Trino takes an undefined mask or filter for none.
package phantang.trino

import data.phantang
import data.phantang.trino.expressions

every_use := ["filter", "group", "join", "order", "output"]

default allow := false

allow if {
	known
	operation in {"ExecuteQuery"}
}

allow if {
	known
	operation in {"AccessCatalog", "FilterCatalogs", "ShowSchemas"}
	catalogs[resource.catalog.name]
}

allow if {
	known
	operation in {"FilterSchemas", "ShowTables"}
	resource.schema.schemaName in (catalogs[resource.schema.catalogName] | {"information_schema"})
}

allow if {
	known
	operation in {"FilterTables", "ShowColumns"}
	table_of(resource.table)
}

allow if {
	known
	operation == "FilterColumns"
	columns_of(table_of(resource.table), resource.table.columns)
}

allow if {
	known
	operation in {"FilterTables", "ShowColumns", "FilterColumns", "SelectFromColumns"}
	names_only(resource.table)
}

allow if {
	known
	operation == "SelectFromColumns"
	readable(table_of(resource.table), resource.table.columns)
}

# Functions of Trino itself; a connector's table functions could pass a query through.
allow if {
	known
	operation in {"ExecuteFunction", "FilterFunctions"}
	resource.function.catalogName == "system"
	resource.function.schemaName == "builtin"
}

allow if {
	known
	operation in {"ViewQueryOwnedBy", "FilterViewQueryOwnedBy", "KillQueryOwnedBy"}
	resource.user.user == user
}

# METADATA
# description: The positions of the resources that pass, for the plugin's batch mode.
batch contains position if {
	input.action.operation != "FilterColumns"
	some position, one in input.action.filterResources
	allow with input.action.resource as one
}

batch contains position if {
	input.action.operation == "FilterColumns"
	count(input.action.filterResources) == 1
	[one] := input.action.filterResources
	some position, column in one.table.columns
	narrowed := object.union(one, {"table": {"columns": [column]}})
	allow with input.action.resource as narrowed
}

default rowFilters := [{"expression": "false"}]

rowFilters := [] if {
	known
	names_only(resource.table)
} else := [{"expression": expression} | some expression in wanted] if {
	known
	table := table_of(resource.table)
	payable(decision(table, []))
	predicates := decision(table, object.keys(table.columns)).rows[table.facts.name]
	wanted := {expressions.filter(predicate) | some predicate in predicates}
}

default columnMask := {"expression": "NULL"}

columnMask := {"expression": mask(resource.column)}

# METADATA
# description: One answer for every column asked about, also for those in clear.
batchColumnMasks contains {"index": index, "viewExpression": {"expression": expression}} if {
	some index, one in input.action.filterResources
	expression := object.get(masks, index, "NULL")
}

masks := {index: mask(one.column) | some index, one in input.action.filterResources}

operation := input.action.operation

resource := input.action.resource

user := input.context.identity.user

catalogs := {name: {split(table, ".")[0] | some table, _ in tables} | some name, tables in data.catalog.tables}

known if {
	data.catalog.subjects[user]
	data.catalog.purposes[purpose]
}

# One purpose or none: with two of them nobody can say under which the query runs.
purpose := claimed if {
	claims := {trim_prefix(group, "purpose:") |
		some group in input.context.identity.groups
		startswith(group, "purpose:")
	}
	count(claims) == 1
	some claimed in claims
}

names_only(table) if {
	catalogs[table.catalogName]
	table.schemaName == "information_schema"
	table.tableName in {"columns", "schemata", "tables"}
}

table_of(table) := data.catalog.tables[table.catalogName][sprintf("%s.%s", [table.schemaName, table.tableName])]

columns_of(table, names) := [object.union(table.columns[name], {"uses": every_use}) | some name in names] if {
	every name in names { table.columns[name] }
}

document(table, names) := {
	"subject": data.catalog.subjects[user],
	"action": {"name": "query"},
	"resource": {
		"source": table.source,
		"recoded": table.recoded,
		"cases": null,
		"case_required": true,
		"statement": "select",
		"tables": [object.union(table.facts, {"columns": columns_of(table, names)})],
		"shape": data.catalog.shape,
	},
	"context": object.union(data.catalog.context, {
		"purpose": purpose,
		"purpose_valid_until": data.catalog.purposes[purpose],
		"time": time.format(time.now_ns()),
		"channel": "trino",
	}),
}

decision(table, names) := decided if {
	decided := phantang.decision with input as document(table, names)
}

payable(decided) if {
	decided.allow == true
	count(decided.obligations) == 0
}

# What columns become together is what each becomes alone, which is what Trino will ask about them.
readable(table, names) if {
	decided := decision(table, names)
	payable(decided)
	every name in names { alone(table, name) == effect(decided, table, name) }
}

alone(table, name) := effect(decided, table, name) if {
	decided := decision(table, [name])
	payable(decided)
}

effect(decided, table, name) := decided.columns[table.facts.name][table.columns[name].name]

mask(column) := expressions.masked(effect_of, column.columnName, column.columnType) if {
	known
	effect_of := alone(table_of(column), column.columnName)
} else := expressions.clear(column.columnName) if {
	known
	names_only(column)
} else := "NULL"
