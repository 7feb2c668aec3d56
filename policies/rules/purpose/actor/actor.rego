# METADATA
# title: The purpose is open to this kind of actor
# description: The purpose lists say which kind of body may act for which purpose. An unknown kind may act for none.
package phantang.rules.purpose.actor

import data.phantang.lib.facts

narrow contains {"effect": "deny", "text": "not_open", "args": args} if {
	facts.purpose_claimed
	not open
	args := {"purpose": input.context.purpose, "actor": input.subject.actor}
}

open if input.context.purpose in data.law.actors[input.subject.actor].may
