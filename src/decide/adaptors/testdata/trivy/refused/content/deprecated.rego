# METADATA
# title: Old
# description: What happens otherwise.
# related_resources:
# - https://example.com/tst053
# custom:
#   id: TST053
#   severity: HIGH
#   recommended_action: Do it the other way
#   deprecated: true
#   input:
#     selector:
#     - type: kubernetes
package user.kubernetes.TST053

import rego.v1

deny contains "x" if input.kind
