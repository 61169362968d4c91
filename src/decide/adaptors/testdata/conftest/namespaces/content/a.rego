package team.docker

import rego.v1

deny contains "from a" if input.a
