package bulkhead.vulnerabilities_test

import data.bulkhead.test as t
import data.bulkhead.vulnerabilities as pack

test_vul017_fails_when_much_is_unknown if {
	half := t.scan({"not_judged": [{"what": "fedora 40", "reason": "no source", "packages": 1}]})
	two := object.union(half, t.packages([t.deb("a"), t.deb("b")]))
	t.messages(pack.warn, "VUL017") == "No source speaks about 1 of 2 packages (50 %)" with input as two
}

test_vul017_passes_when_little_is_unknown if {
	not "VUL017" in t.ids(pack.warn) with input as object.union(t.scan({}), t.packages([t.deb("a")]))
	not "VUL017" in t.ids(pack.warn) with input as object.union(t.scan({}), t.packages([]))
}

test_vul018_fails_on_old_advisories if {
	old := t.scan({
		"database": {
			"kind": "feeds",
			"feeds": [
				{"name": "kev", "newest": "2026-05-20"}, {"name": "debian", "newest": "2026-05-28T12:00:00Z"},
			],
		},
	})
	t.messages(pack.deny, "VUL018") == "The newest advisory is 96 hours old; at most 72 are allowed" with input as old
}

test_vul018_passes_on_fresh_ones_and_when_unknown if {
	not "VUL018" in t.ids(pack.deny) with input as t.scan({})
	not "VUL018" in t.ids(pack.deny)
		with input as t.scan({"database": {"kind": "feeds", "feeds": [{"name": "debian"}]}})
}

test_vul019_fails_on_half_a_scan if {
	"VUL019" in t.ids(pack.deny) with input as t.scan({"complete": false})
}

test_vul019_passes_on_a_whole_one if {
	not "VUL019" in t.ids(pack.deny) with input as t.scan({})
}

test_vul020_fails_on_the_starter_list if {
	"VUL020" in t.ids(pack.warn) with input as t.scan({"database": {"kind": "starter"}})
}

test_vul020_passes_on_feeds if {
	not "VUL020" in t.ids(pack.warn) with input as t.scan({})
}

test_vul021_fails_when_nobody_looked if {
	"VUL021" in t.ids(pack.deny) with input as t.scan({"scanners": ["packages"]})
}

test_vul021_passes_when_somebody_did if {
	not "VUL021" in t.ids(pack.deny) with input as t.scan({})
}
