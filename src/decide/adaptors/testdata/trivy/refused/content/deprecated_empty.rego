# METADATA
# title: Old, without rules
# description: What happens otherwise.
# related_resources:
# - https://example.com/tst059
# custom:
#   id: TST059
#   severity: HIGH
#   recommended_action: Do it the other way
#   deprecated: true
#   input:
#     selector:
#     - type: kubernetes
package user.kubernetes.TST059

import rego.v1
