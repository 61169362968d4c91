# METADATA
# title: Functions of the host
# description: What happens otherwise.
# related_resources:
# - https://example.com/tst040
# custom:
#   id: TST040
#   severity: LOW
#   recommended_action: Do it the other way
#   input:
#     selector:
#     - type: json
package user.json.TST040

import rego.v1

deny contains res if {
	some cidr in input.cidrs
	cidr.is_public(cidr.value)
	res := result.new("never: cidr is shadowed", {})
}

deny_public contains msg if {
	some text in input.texts
	cidr.is_public(text)
	msg := sprintf("%s is public and has %d addresses", [text, cidr.count_addresses(text)])
}

deny_managed contains res if {
	some resource in input.resources
	isManaged(resource)
	res := result.new(sprintf("%s is managed", [resource.name]), resource)
}

deny_commands contains msg if {
	some command in sh.parse_commands(input.script)
	msg := concat("|", command)
}
