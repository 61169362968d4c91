# METADATA
# title: Good
# description: What happens otherwise.
# related_resources:
# - https://example.com/tst056
# custom:
#   id: TST056
#   severity: HIGH
#   recommended_action: Do it the other way
#   input:
#     selector:
#     - type: kubernetes
package user.kubernetes.TST056

import rego.v1

deny contains "good" if input.kind == "Pod"
