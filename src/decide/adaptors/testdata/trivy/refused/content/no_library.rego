# METADATA
# title: Library
# description: What happens otherwise.
# related_resources:
# - https://example.com/tst052
# custom:
#   id: TST052
#   severity: HIGH
#   recommended_action: Do it the other way
#   input:
#     selector:
#     - type: kubernetes
package user.kubernetes.TST052

import rego.v1

import data.lib.kubernetes

deny contains "x" if kubernetes.kind == "Pod"
