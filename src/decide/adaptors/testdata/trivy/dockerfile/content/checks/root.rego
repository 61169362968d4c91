# METADATA
# title: The last user is root
# description: What happens otherwise.
# related_resources:
# - https://example.com/tst001
# custom:
#   id: TST001
#   severity: HIGH
#   recommended_action: Do it the other way
#   input:
#     selector:
#     - type: dockerfile
package user.dockerfile.TST001

import rego.v1

import data.lib.docker

deny contains res if {
	users := docker.commands("user")
	last := users[count(users) - 1]
	last.Value[0] in {"root", "0"}
	res := result.new(sprintf("USER %s in stage %d", [last.Value[0], last.Stage]), last)
}

deny_none contains "nobody sets a user" if count(docker.commands("user")) == 0
