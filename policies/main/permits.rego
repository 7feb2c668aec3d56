# METADATA
# title: Permits
# description: |
#   The only permission there is: a cell of the matrix. It counts only while its letter permits and every rule it is
#   subject to is loaded; a bundle that lost a rule permits less, never more.
package phantang.main.permits

import data.phantang.lib.facts
import data.phantang.main.contributions

# METADATA
# description: The tiers which this requester may have.
granted contains tier if {
	some tier, cell in facts.cells
	letter := data.law.letters[cell.permit]
	letter.permits == true
	every rule in letter.requires { rule in cell.under }
	every rule in cell.under { loaded(rule) }
	counted(cell)
}

loaded(rule) if contributions.by_rule[rule]

counted(cell) if not grouped(cell)

counted(cell) if cell.min_group_size >= 2

grouped(cell) if "aggregate/group_size" in cell.under

# METADATA
# description: Denials, in the form of narrowings, of whatever no cell permits.
refusals contains {"rule": "base/matrix", "effect": "deny", "table": table.name, "text": text} if {
	some table in facts.tables
	text := words_for(table)
}

refusals contains {"rule": "base/matrix", "effect": "deny", "table": column.table, "column": column.name, "text": text} if {
	some column in facts.columns
	text := refused[column.tier]
}

refusals contains {"rule": "base/request", "effect": "deny", "text": "action"} if not asks

# A query that reads no table (SELECT 1) is open to whoever may have open data.
refusals contains {"rule": "base/request", "effect": "deny", "text": "nothing"} if {
	count(facts.tables) == 0
	not open_data
}

refusals contains {"rule": "base/request", "effect": "deny", "text": "incomplete"} if not facts.complete

# Tiers the request touches and no cell permits, each with the words that say so.
refused := {tier: letter_of(tier) | some tier in (facts.tiers - granted)}

open_data if "T0" in granted

asks if input.action.name == "query"

# A table refused for how many people its list names may be read otherwise; the words say how.
words_for(table) := "listed" if {
	table.register == table.row_tier
	refused[table.row_tier] != "unsound"
} else := refused[table.row_tier]

letter_of(tier) := facts.cells[tier].permit if {
	data.law.letters[facts.cells[tier].permit].permits == false
} else := "unsound"
