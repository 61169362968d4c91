# METADATA
# title: Privileged container
# description: What happens otherwise.
# related_resources:
# - https://example.com/tst010
# custom:
#   id: TST010
#   severity: CRITICAL
#   recommended_action: Do it the other way
#   input:
#     selector:
#     - type: kubernetes
package user.kubernetes.TST010

import rego.v1

import data.lib.kubernetes

deny contains res if {
	some container in kubernetes.containers
	container.securityContext.privileged
	res := result.new(sprintf("%s %s: container %s", [input.kind, input.metadata.name, container.name]), container)
}
