# No machine is deleted. A machine that is made anew is only told: its name and
# its data disks stay.
package main

machines := {"microsoft.compute/virtualmachines", "microsoft.compute/virtualmachinescalesets"}

deny_vm_deleted contains {
	"msg": sprintf("%s would be deleted", [change.address]),
	"address": change.address,
	"help": "take it out of the spec only after its owner has agreed, and apply that plan without this policy",
} if {
	some change in input.changes
	lower(change.type) in machines
	change.action == "delete"
}

warn_vm_replaced contains {
	"msg": sprintf("%s would be made anew", [change.address]),
	"address": change.address,
	"kept": concat(", ", change.effects.kept),
} if {
	some change in input.changes
	lower(change.type) in machines
	change.action == "replace"
}
