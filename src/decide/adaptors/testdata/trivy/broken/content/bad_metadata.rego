# METADATA
# title: "not closed
# custom: {id: TST055}
package user.kubernetes.TST055

import rego.v1

deny contains "bad metadata" if input.kind == "Pod"
