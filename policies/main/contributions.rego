# METADATA
# title: Contributions
# description: |
#   Every loaded rule by its name, with the narrowings it contributes. Rules are found, not listed: a folder dropped into
#   rules/ counts at once.
package phantang.main.contributions

by_rule := {rule: narrowings |
	some domain, name
	narrowings := data.phantang.rules[domain][name].narrow
	rule := concat("/", [domain, name])
}
