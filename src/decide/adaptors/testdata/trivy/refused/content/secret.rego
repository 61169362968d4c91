# METADATA
# title: Secrets
# description: What happens otherwise.
# related_resources:
# - https://example.com/tst051
# custom:
#   id: TST051
#   severity: HIGH
#   recommended_action: Do it the other way
#   input:
#     selector:
#     - type: dockerfile
package user.dockerfile.TST051

import rego.v1

deny contains "x" if squealer.scan_string(input.Stages[0].Name).transgressionFound
