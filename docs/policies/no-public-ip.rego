# Nothing gets a public address of its own.
package main

deny_public_ip contains {
	"msg": sprintf("%s would be a public address", [change.address]),
	"address": change.address,
	"help": "write `public_ip: false`, and reach it through the network",
} if {
	some change in input.changes
	lower(change.type) == "microsoft.network/publicipaddresses"
	change.action in {"create", "replace", "adopt"}
}

# A scale set carries the addresses of its instances in its own model.
deny_public_ip contains {
	"msg": sprintf("%s would give its instances public addresses", [step.address]),
	"address": step.address,
	"help": "write `public_ip: false`, and reach them through the network",
} if {
	some step in input.steps
	step.does in {"create", "update"}
	profile := step.request.body.properties.virtualMachineProfile.networkProfile
	some nic in profile.networkInterfaceConfigurations
	some ip in nic.properties.ipConfigurations
	ip.properties.publicIPAddressConfiguration
}
