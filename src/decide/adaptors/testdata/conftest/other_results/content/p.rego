package main

import rego.v1

deny contains {"msg": "with a place", "_loc": {"file": "other.yaml", "line": 7}} if input.a == 1

deny_number contains 5 if input.a == 1

deny_division contains "never" if 1 / input.zero > 0

warn := {"no", "set"} if input.a == 2

denylist := ["x"]
