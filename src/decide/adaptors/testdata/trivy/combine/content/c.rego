# METADATA
# title: Two of a name
# description: What happens otherwise.
# related_resources:
# - https://example.com/tst070
# custom:
#   id: TST070
#   severity: LOW
#   recommended_action: Do it the other way
#   input:
#     combine: true
#     selector:
#     - type: kubernetes
package user.kubernetes.TST070

import rego.v1

deny contains res if {
	some i, j
	i < j
	input[i].contents.metadata.name == input[j].contents.metadata.name
	res := result.new(sprintf("%s in %s and %s", [input[i].contents.metadata.name, input[i].path, input[j].path]), {})
}
