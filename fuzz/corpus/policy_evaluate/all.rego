# METADATA
package a.if["b-c"]

import input
import future.keywords.not
import data.lists as l

f("fact")

deny contains {"id": "X", "message": m} if {
	some path, v
	[path, v] := walk(input)
	net.cidr_merge(["10.0.0.0/8"], out)
	y := l.ports
	(y[0] == .5)
	not { v; y }
	m := $"a {v} \{ {$`b {y}
{1 + 2}`}"
} else := `raw \ "` if 1e3 != -2
