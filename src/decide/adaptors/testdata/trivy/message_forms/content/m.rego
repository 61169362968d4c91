# METADATA
# title: Forms of results
# description: What happens otherwise.
# related_resources:
# - https://example.com/tst080
# custom:
#   id: TST080
#   severity: LOW
#   recommended_action: Do it the other way
#   input:
#     selector:
#     - type: json
package user.json.TST080

import rego.v1

deny contains "a text" if input.x

deny contains ["a list", {"startline": 4, "filepath": "other.json"}] if input.x

deny contains {"msg": "an object", "details": "dropped"} if input.x

deny contains {"nothing": true} if input.x

deny_whole if input.x
