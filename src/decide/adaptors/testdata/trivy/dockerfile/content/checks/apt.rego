# METADATA
# title: apt-get install without -y
# description: What happens otherwise.
# related_resources:
# - https://example.com/tst002
# custom:
#   id: TST002
#   severity: LOW
#   recommended_action: Do it the other way
#   input:
#     selector:
#     - type: dockerfile
package builtin.dockerfile.TST002

import rego.v1

deny contains res if {
	some stage in input.Stages
	some run in stage.Commands
	run.Cmd == "run"
	some tokens in sh.parse_commands(run.Value[0])
	tokens[0] == "apt-get"
	"install" in tokens
	not "-y" in tokens
	res := result.new(concat(" ", tokens), run)
}
