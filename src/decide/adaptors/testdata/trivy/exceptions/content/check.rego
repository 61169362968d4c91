# METADATA
# title: Host network
# description: What happens otherwise.
# related_resources:
# - https://example.com/tst020
# custom:
#   id: TST020
#   severity: MEDIUM
#   recommended_action: Do it the other way
#   input:
#     selector:
#     - type: kubernetes
package user.kubernetes.TST020

deny_network[msg] {
	input.spec.hostNetwork
	msg := sprintf("%s: network", [input.metadata.name])
}

deny_pid[msg] {
	input.spec.hostPID
	msg := sprintf("%s: pid", [input.metadata.name])
}

exception[rules] {
	input.metadata.name == "agent"
	rules := ["network"]
}
