# METADATA
# custom:
#   library: true
package lib.docker

import rego.v1

commands(name) := [command |
	some stage in input.Stages
	some command in stage.Commands
	command.Cmd == name
]
