package main

import rego.v1

deny contains "no user" if not input.user
