package main

import rego.v1

deny contains "a is set" if input.a
