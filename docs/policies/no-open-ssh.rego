# No rule lets everybody in to SSH or RDP.
package main

deny_open_port contains {
	"msg": sprintf("%s would open port %d to everybody, by the rule %s", [step.address, port, rule.name]),
	"address": step.address,
	"help": "name the addresses that may come in with `from`",
} if {
	some step in input.steps
	step.does in {"create", "update"}
	some rule in step.request.body.properties.securityRules
	allow := rule.properties
	lower(allow.access) == "allow"
	lower(allow.direction) == "inbound"
	some source in sources(allow)
	lower(source) in {"*", "internet", "0.0.0.0/0", "::/0"}
	some port in {22, 3389}
	some range in ranges(allow)
	holds(range, port)
}

# One, or a list of several.
sources(rule) := {source | source := rule.sourceAddressPrefix} | {source | some source in object.get(rule, "sourceAddressPrefixes", [])}

ranges(rule) := {range | range := rule.destinationPortRange} | {range | some range in object.get(rule, "destinationPortRanges", [])}

holds(range, _) if range == "*"

holds(range, port) if range == format_int(port, 10)

holds(range, port) if {
	[first, last] := split(range, "-")
	to_number(first) <= port
	port <= to_number(last)
}
