package main

import rego.v1

deny contains "x" if parse_config_file("x")
