package main

import rego.v1

denied contains user if some user in parse_config_file("denied.yaml")
