# METADATA
# title: Forbidden
# description: What happens otherwise.
# custom:
#   id: TST071
#   severity: HIGH
#   recommended_action: Do it the other way
#   input:
#     selector:
#     - type: kubernetes
package user.kubernetes.TST071

import rego.v1

import data.forbidden.names as forbidden

deny contains "is on the list of names" if input.metadata.name in forbidden
