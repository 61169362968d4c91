package main

import rego.v1

import data.lib.cloud.metadata

deny contains msg if msg := metadata.title(input)
