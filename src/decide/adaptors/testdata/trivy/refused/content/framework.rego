# METADATA
# title: Framework
# description: What happens otherwise.
# related_resources:
# - https://example.com/tst054
# custom:
#   id: TST054
#   severity: HIGH
#   recommended_action: Do it the other way
#   frameworks:
#     cis-x-1.0:
#     - "1.2"
#   input:
#     selector:
#     - type: kubernetes
package user.kubernetes.TST054

import rego.v1

deny contains "x" if input.kind
