# METADATA
# title: Tags
# description: Tags are dotted; a finer tag is also every tag above it.
package phantang.lib.tags

# METADATA
# description: True when `tag` is one of `vocabulary` or below one of them.
within(tag, vocabulary) if {
	tag in vocabulary
} else if {
	some above in vocabulary
	startswith(tag, concat("", [above, "."]))
}
