# METADATA
# title: Masks
# description: The order of masks, what a column is masked with, and the strictest of several masks.
package phantang.lib.masks

import data.phantang.lib.tags

nothing := {"mask": "MASK_NULL", "params": {}}

rank := {name: position | some position, name in data.law.masks.order}

# METADATA
# description: |
#   The mask of a column that must not be shown in clear - the strictest of its tags' masks. An identifier which the query
#   looks up may still be looked up, where the law grants it; it shows no more than the requester already holds.
for_column(column) := nothing if {
	not showable(column)
} else := {"mask": "LOOKUP", "params": {}} if {
	column.looked_up == true
} else := strictest(by_tag) if {
	by_tag := {{"mask": mask, "params": {}} |
		some kind in column.kinds
		mask := data.law.masks.by_tag[kind]
	}
	count(by_tag) > 0
	every tag in column.tags { tags.within(tag, masked_tags) }
} else := {"mask": data.law.masks.otherwise, "params": {}}

masked_tags := object.keys(data.law.masks.by_tag)

# METADATA
# description: What a column is generalised to; undefined when it has no tag that can be.
generalization(column) := strictest(choices) if {
	choices := {{"mask": "GENERALIZE", "params": params} |
		some kind in column.kinds
		params := data.law.masks.generalize[kind]
	}
	count(choices) > 0
}

# METADATA
# description: |
#   The strictest of a set of {mask, params}. The later in the order wins; of one mask with several parameters, the
#   coarser where they compare, else nothing is shown. An unknown mask, or none, shows nothing.
strictest(choices) := choice if {
	count(choices) == 1
	some choice in choices
	rank[choice.mask] >= 0
} else := nothing if {
	known := [choice | some choice in choices; rank[choice.mask] >= 0]
	count(known) != count(choices)
} else := coarsest(top) if {
	highest := max([rank[choice.mask] | some choice in choices])
	top := {choice | some choice in choices; rank[choice.mask] == highest}
} else := nothing

showable(column) if column.tier < data.law.masks.suppress_from

coarsest(choices) := choice if {
	count(choices) == 1
	some choice in choices
} else := {"mask": "GENERALIZE", "params": {"kind": "grid", "step": step}} if {
	every choice in choices { choice.params.kind == "grid" }
	step := max([choice.params.step | some choice in choices])
	every choice in choices { fits(choice.params.step, step) }
} else := {"mask": "GENERALIZE", "params": {"kind": "bucket", "width": width}} if {
	every choice in choices { choice.params.kind == "bucket" }
	width := max([choice.params.width | some choice in choices])
	every choice in choices { fits(choice.params.width, width) }
} else := {"mask": "GENERALIZE", "params": {"kind": "year"}} if {
	every choice in choices { choice.params.kind in ["month", "year"] }
} else := {"mask": "GENERALIZE", "params": {"kind": "age_band", "width": width}} if {
	width := max([choice.params.width | some choice in choices; choice.params.kind == "age_band"])
	every choice in choices { within_band(choice.params, width) }
} else := nothing

# A step, width or band is coarser than another that divides it: of any others, the ends would tell of both.
fits(part, whole) if {
	parts := whole / part
	abs(parts - round(parts)) < 0.000001
}

within_band(params, _) if params.kind in ["month", "year"]

within_band(params, width) if {
	params.kind == "age_band"
	width % params.width == 0
}
