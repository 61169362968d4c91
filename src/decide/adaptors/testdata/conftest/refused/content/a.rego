package main

import rego.v1

import data.lib.bad

deny contains "uses a refused library" if bad.yes(input)
