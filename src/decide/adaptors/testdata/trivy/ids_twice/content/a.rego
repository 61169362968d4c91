# METADATA
# title: One
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
package user.one

import rego.v1

deny contains "one" if input.x
