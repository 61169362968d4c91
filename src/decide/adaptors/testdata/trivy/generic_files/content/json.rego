# METADATA
# title: No debug
# description: What happens otherwise.
# related_resources:
# - https://example.com/tst030
# custom:
#   id: TST030
#   severity: LOW
#   recommended_action: Do it the other way
#   input:
#     selector:
#     - type: json
#     - type: yaml
#     - type: toml
package user.any.TST030

import rego.v1

deny contains res if {
	input.debug
	res := result.new("debug is on", input)
}
