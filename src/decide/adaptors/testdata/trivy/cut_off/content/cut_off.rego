# METADATA
# title: Cut off
# custom:
#   id: TST057
package user.kubernetes.TST057

import rego.v1
