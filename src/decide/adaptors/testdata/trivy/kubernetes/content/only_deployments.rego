# METADATA
# title: One replica
# custom:
#   avd_id: AVD-TST-0011
#   severity: LOW
#   input:
#     selector:
#     - type: kubernetes
#       subtypes:
#         - kind: deployment
package user.kubernetes.TST011

import rego.v1

deny contains "one replica" if object.get(input.spec, "replicas", 1) < 2
