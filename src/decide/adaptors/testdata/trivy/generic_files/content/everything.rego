# METADATA
# title: Kind is set
# custom:
#   id: TST031
#   severity: UNKNOWN
package user.any.TST031

import rego.v1

deny contains "a kind" if input.kind
