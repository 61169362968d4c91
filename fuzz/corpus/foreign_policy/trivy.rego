# METADATA
# title: T
# custom:
#   id: T1
#   severity: LOW
#   input:
#     selector:
#     - type: kubernetes
package user.T1

deny[res] {
	c := sh.parse_commands("a; b \"c\" && d")[_]
	res := result.new(c[0], {"startline": 2})
}
