# METADATA
# title: Two
# description: What happens otherwise.
# related_resources:
# - https://example.com/tst090
# custom:
#   id: TST090
#   severity: LOW
#   recommended_action: Do it the other way
#   input:
#     selector:
#     - type: json
package user.two

import rego.v1

deny contains "two" if input.x
