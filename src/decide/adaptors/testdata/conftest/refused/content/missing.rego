package main

import rego.v1

import data.lib.kubernetes

deny contains "never" if kubernetes.is_pod
