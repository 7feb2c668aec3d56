# METADATA
# title: A sample, not the register
# description: An inspector draws a limited number of rows at a time.
package phantang.rules.limit.sample

import data.phantang.lib.facts

narrow contains {"effect": "oblige", "obligation": {"max_rows": rows}, "text": "rows", "args": {"rows": format_int(rows, 10)}} if {
	rows := data.law.limits.sample_rows
	some table in facts.tables
	"limit/sample" in table.under
}
