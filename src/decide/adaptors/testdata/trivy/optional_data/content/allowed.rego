# METADATA
# title: Allowed
# description: What happens otherwise.
# custom:
#   id: TST070
#   severity: HIGH
#   recommended_action: Do it the other way
#   input:
#     selector:
#     - type: kubernetes
package user.kubernetes.TST070

import rego.v1

import data.allowed_names

default listed := false

listed if input.metadata.name in allowed_names

deny contains "is not on the list of names" if not listed
