# What is made carries these tags. What Azure gives no tags, such as a subnet,
# has none to carry.
package main

required_tags := {"app", "cost-center"}

deny_missing_tags contains {
	"msg": concat(" ", [step.address, "would be made without the tag", concat(", ", sort(missing))]),
	"address": step.address,
	"help": "write them under `tags` at the top of the spec, or at the entry",
} if {
	some step in input.steps
	step.does == "create"
	tags := object.keys(step.request.body.tags)
	missing := required_tags - tags
	count(missing) > 0
}
