# METADATA
# title: Buckets
# description: What happens otherwise.
# related_resources:
# - https://example.com/tst050
# custom:
#   id: TST050
#   severity: HIGH
#   recommended_action: Do it the other way
#   input:
#     selector:
#     - type: cloud
package user.aws.TST050

import rego.v1

deny contains "x" if input.aws.s3.buckets[_].public
