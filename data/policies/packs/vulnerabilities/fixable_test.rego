package bulkhead.vulnerabilities_test

import data.bulkhead.test as t
import data.bulkhead.vulnerabilities as pack

# The builder's finding: medium, fixed since 2026-01-10, judged on 2026-06-01, which is 142 days later.
test_vul002_fails_on_a_critical_with_a_fix if {
	found := t.of(pack.deny, "VUL002") with input as t.findings([t.finding({"severity": "critical"})])
	found == {{
		"id": "VUL002",
		"message": "CVE-2026-0001 (critical) in pkg:deb/debian/openssl@3.0.1-1 is fixed in 3.0.2-1, known since 2026-01-10",
		"subject": "pkg:deb/debian/openssl@3.0.1-1",
		"path": "packages",
		"finding": "class-1",
		"fix": "Upgrade pkg:deb/debian/openssl@3.0.1-1 to 3.0.2-1",
	}}
}

test_vul002_fails_when_nobody_knows_since_when if {
	undated := object.remove(t.finding({"severity": "critical"}), ["published"])
	found := t.messages(pack.deny, "VUL002") with input as t.findings([object.union(
		object.remove(undated, ["fix"]),
		{"fix": {"version": "2", "state": "fixed"}},
	)])
	endswith(found, "known since an unknown day")
}

test_vul002_passes_in_grace_without_fix_and_on_others if {
	every found in [
		t.finding({"severity": "critical", "fix": {"available_since": "2026-05-30T00:00:00Z"}}),
		t.unfixed({"severity": "critical"}),
		t.finding({"severity": "high"}),
		t.finding({"severity": "critical", "kind": "secret"}),
	] {
		not "VUL002" in t.ids(pack.deny) with input as t.findings([found])
	}
}

test_vul003_fails_on_a_high_with_a_fix if {
	"VUL003" in t.ids(pack.deny) with input as t.findings([t.finding({"severity": "high"})])
}

test_vul003_passes_in_grace_and_without_fix if {
	recent := t.finding({"severity": "high", "fix": {"available_since": "2026-05-03T12:00:00Z"}})
	not "VUL003" in t.ids(pack.deny) with input as t.findings([recent])
	not "VUL003" in t.ids(pack.deny) with input as t.findings([t.unfixed({"severity": "high"})])
}

test_vul003_fails_on_the_day_the_grace_ends if {
	recent := t.finding({"severity": "high", "fix": {"available_since": "2026-05-02T12:00:00Z"}})
	"VUL003" in t.ids(pack.deny) with input as t.findings([recent])
}

test_vul003_counts_from_publication_when_the_fix_has_no_date if {
	undated := object.union(
		object.remove(t.finding({"severity": "high"}), ["fix"]),
		{"fix": {"version": "2", "state": "fixed"}},
	)
	contains(t.messages(pack.deny, "VUL003"), "known since 2026-01-01") with input as t.findings([undated])
	young := object.union(undated, {"published": "2026-05-20"})
	not "VUL003" in t.ids(pack.deny) with input as t.findings([young])
}

test_vul004_fails_on_a_medium_with_a_fix if {
	"VUL004" in t.ids(pack.deny) with input as t.findings([t.finding({})])
}

test_vul004_passes_in_a_longer_grace if {
	not "VUL004" in t.ids(pack.deny) with input as t.findings([t.finding({})])
		with data.parameters.vulnerabilities.grace_days.medium as 143
}

test_vul005_fails_on_low_and_negligible if {
	every severity in ["low", "negligible"] {
		"VUL005" in t.ids(pack.deny) with input as t.findings([old(severity)])
	}
}

test_vul005_passes_in_grace if {
	every severity in ["low", "negligible"] {
		not "VUL005" in t.ids(pack.deny) with input as t.findings([t.finding({"severity": severity})])
	}
}

test_vul003_fails_without_grace_when_its_severity_is_not_named if {
	recent := t.finding({"severity": "high", "fix": {"available_since": "2026-06-01T11:00:00Z"}})
	"VUL003" in t.ids(pack.deny) with input as t.findings([recent])
		with data.bulkhead.vulnerabilities.parameter as {"grace_days": {"critical": 3}}
}

test_vul006_fails_in_grace_and_says_how_long if {
	recent := t.finding({"severity": "high", "fix": {"available_since": "2026-05-22T00:00:00Z"}})
	t.messages(
		pack.warn,
		"VUL006",
	) == "CVE-2026-0001 in pkg:deb/debian/openssl@3.0.1-1 is fixed in 3.0.2-1; it denies in 20 days"
		with input as t.findings([recent])
}

test_vul006_passes_after_the_grace_and_without_one if {
	not "VUL006" in t.ids(pack.warn) with input as t.findings([t.finding({"severity": "high"})])
	recent := t.finding({"severity": "high", "fix": {"available_since": "2026-06-01T11:00:00Z"}})
	not "VUL006" in t.ids(pack.warn)
		with input as t.findings([recent])
		with data.parameters.vulnerabilities.grace_days.high as 0
}

test_vul007_fails_on_a_critical_without_fix if {
	"VUL007" in t.ids(pack.warn) with input as t.findings([t.unfixed({"severity": "critical"})])
}

test_vul007_passes_with_a_fix_and_when_there_will_be_none if {
	not "VUL007" in t.ids(pack.warn) with input as t.findings([t.finding({"severity": "critical"})])
	never := t.unfixed({"severity": "critical", "fix": {"state": "will-not-fix"}})
	not "VUL007" in t.ids(pack.warn) with input as t.findings([never])
}

test_vul008_fails_on_a_high_without_fix if {
	"VUL008" in t.ids(pack.warn) with input as t.findings([t.unfixed({"severity": "high"})])
	"VUL008" in t.ids(pack.warn) with input as t.findings([object.remove(t.finding({"severity": "high"}), ["fix"])])
}

test_vul008_passes_with_a_fix_and_on_others if {
	not "VUL008" in t.ids(pack.warn) with input as t.findings([t.finding({"severity": "high"})])
	not "VUL008" in t.ids(pack.warn) with input as t.findings([t.unfixed({"severity": "medium"})])
}

test_vul012_fails_on_an_unrated_one if {
	"VUL012" in t.ids(pack.warn) with input as t.findings([t.finding({"severity": "unknown"})])
}

test_vul012_passes_on_a_rated_one if {
	not "VUL012" in t.ids(pack.warn) with input as t.findings([t.finding({})])
}

test_vul013_fails_when_there_will_be_no_fix if {
	never := t.unfixed({"severity": "high", "fix": {"state": "will-not-fix"}})
	"VUL013" in t.ids(pack.warn) with input as t.findings([never])
}

test_vul013_passes_when_one_is_there_or_it_is_not_serious if {
	not "VUL013" in t.ids(pack.warn) with input as t.findings([t.finding({"severity": "high"})])
	minor := t.unfixed({"severity": "low", "fix": {"state": "will-not-fix"}})
	not "VUL013" in t.ids(pack.warn) with input as t.findings([minor])
}

test_vul016_fails_after_a_year if {
	"VUL016" in t.ids(pack.deny) with input as t.findings([old("negligible")])
}

test_vul016_passes_within_a_year if {
	not "VUL016" in t.ids(pack.deny) with input as t.findings([t.finding({"severity": "low"})])
}

# Without a day nobody can say that it was long; the severity's own rule still denies, for there is no grace.
test_vul016_passes_when_no_day_is_known if {
	undated := object.union(
		object.remove(t.finding({"severity": "high"}), ["published", "fix"]),
		{"fix": {"version": "2", "state": "fixed"}},
	)
	t.ids(pack.deny) == {"VUL003"} with input as t.findings([undated])
	dated := t.finding({"class_id": "class-2", "published": "2025-01-01"})
	t.ids(pack.deny) == {"VUL003"} with input as t.findings([undated, object.union(dated, {"severity": "high"})])
}

test_every_finding_gets_its_own_reason if {
	many := [t.finding({"id": sprintf("CVE-2026-%d", [number]), "class_id": sprintf("c%d", [number]), "severity": "high"}) |
		some number in numbers.range(1, 50)
	]
	count(t.of(pack.deny, "VUL003")) == 50 with input as t.findings(many)
}

test_nothing_is_said_without_findings if {
	pack.deny == set() with input as t.findings([])
	pack.warn == set() with input as t.findings([])
	pack.deny == set() with input as {}
	pack.warn == set() with input as {}
}

old(severity) := t.finding({"severity": severity, "fix": {"available_since": "2025-01-01T00:00:00Z"}})
