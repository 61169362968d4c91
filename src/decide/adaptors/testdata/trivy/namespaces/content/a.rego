# METADATA
# title: A
# description: What happens otherwise.
# related_resources:
# - https://example.com/tst060
# custom:
#   id: TST060
#   severity: LOW
#   recommended_action: Do it the other way
#   input:
#     selector:
#     - type: json
package user.a

import rego.v1

deny contains "a" if input.x
