package main

import rego.v1

deny contains "from main" if input.a
