# METADATA
# title: The purpose is registered
# description: A subject acts only for purposes in its entry of the processing register.
package phantang.rules.purpose.registered

import data.phantang.lib.facts

narrow contains {"effect": "deny", "text": "unregistered", "args": {"purpose": input.context.purpose}} if {
	facts.purpose_claimed
	not registered
}

registered if input.context.purpose in input.subject.purposes
