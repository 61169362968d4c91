# METADATA
# title: B
# description: What happens otherwise.
# related_resources:
# - https://example.com/tst061
# custom:
#   id: TST901
#   severity: LOW
#   recommended_action: Do it the other way
#   input:
#     selector:
#     - type: json
package builtin.dockerfiles.DS901

import rego.v1

deny contains "b" if input.x
