# METADATA
# title: Secrets of everybody
# description: What happens otherwise.
# related_resources:
# - https://example.com/tst012
# custom:
#   id: TST012
#   severity: HIGH
#   recommended_action: Do it the other way
#   input:
#     selector:
#     - type: rbac
package user.rbac.TST012

import rego.v1

deny contains res if {
	some rule in input.rules
	"secrets" in rule.resources
	"*" in rule.verbs
	res := result.new(sprintf("%s may do anything with secrets", [input.metadata.name]), rule)
}
