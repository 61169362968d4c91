package lib.bad

import rego.v1

yes(x) if {
	parse_config("yaml", "a: 1").a == x.a
}
