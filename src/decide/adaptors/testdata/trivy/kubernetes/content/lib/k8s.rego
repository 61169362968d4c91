# METADATA
# custom:
#   library: true
#   input:
#     selector:
#     - type: kubernetes
package lib.kubernetes

import rego.v1

containers contains container if some container in input.spec.containers

containers contains container if some container in input.spec.template.spec.containers
