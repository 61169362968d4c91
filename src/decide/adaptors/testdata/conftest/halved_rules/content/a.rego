package main

import rego.v1

denied contains "root"

deny contains msg if {
	input.user in denied
	msg := "a user that is denied"
}
