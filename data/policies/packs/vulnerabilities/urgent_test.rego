package bulkhead.vulnerabilities_test

import data.bulkhead.test as t
import data.bulkhead.vulnerabilities as pack

exploited := {"score": {"kev": true, "kev_date": "2026-05-25"}}

test_vul001_fails_on_an_exploited_one_whatever_its_severity if {
	t.messages(
		pack.deny,
		"VUL001",
	) == "CVE-2026-0001 in pkg:deb/debian/openssl@3.0.1-1 is being exploited; upgrade to 3.0.2-1"
		with input as t.findings([t.finding(object.union(exploited, {"severity": "low"}))])
	"VUL001" in t.ids(pack.deny) with input as t.findings([t.unfixed({"score": {"kev": true}})])
}

test_vul001_names_ransomware if {
	found := t.unfixed({"score": {"kev": true, "kev_ransomware": true}})
	endswith(t.messages(pack.deny, "VUL001"), "is being exploited, also by ransomware")
		with input as t.findings([found])
}

test_vul001_passes_on_others_and_in_its_grace if {
	not "VUL001" in t.ids(pack.deny)
		with input as t.findings([t.finding({"severity": "critical", "score": {"kev": false}})])
	not "VUL001" in t.ids(pack.deny) with input as t.findings([t.finding({"severity": "critical"})])
	not "VUL001" in t.ids(pack.deny) with input as t.findings([t.finding(exploited)])
		with data.parameters.vulnerabilities.kev_grace_days as 14
}

test_vul009_fails_above_the_threshold if {
	t.messages(
		pack.deny,
		"VUL009",
	) == "CVE-2026-0001 in pkg:deb/debian/openssl@3.0.1-1: EPSS 0.91, the threshold is 0.50"
		with input as t.findings([t.unfixed({"score": {"epss": 0.91}})])
}

test_vul009_passes_below_and_when_unknown if {
	not "VUL009" in t.ids(pack.deny) with input as t.findings([t.finding({"score": {"epss": 0.49}})])
	not "VUL009" in t.ids(pack.deny) with input as t.findings([t.finding({})])
}

test_vul010_fails_on_a_malicious_package if {
	bad := t.unfixed({"kind": "malicious", "id": "MAL-2026-1", "package": "pkg:npm/evil@1.0.0"})
	t.messages(pack.deny, "VUL010") == "pkg:npm/evil@1.0.0 was published to do harm (MAL-2026-1)"
		with input as t.findings([bad])
}

test_vul010_passes_on_a_vulnerable_one if {
	not "VUL010" in t.ids(pack.deny) with input as t.findings([t.finding({"severity": "critical"})])
}

test_vul011_fails_on_loaded_code_without_fix if {
	found := t.of(pack.deny, "VUL011") with input as t.findings([t.unfixed({"severity": "critical", "in_use": true})])
	{reason.severity | some reason in found} == {"critical"}
}

test_vul011_passes_when_not_loaded_not_known_or_not_serious if {
	every found in [
		t.finding({"severity": "high", "in_use": false}), t.finding({"severity": "high"}),
		t.finding({"in_use": true}),
	] {
		not "VUL011" in t.ids(pack.deny) with input as t.findings([found])
	}
}

test_vul014_fails_on_a_listed_id_and_alias if {
	every id in ["CVE-2026-0001", "GHSA-aaaa-bbbb-cccc"] {
		"VUL014" in t.ids(pack.deny)
			with input as t.findings([t.finding({"severity": "low", "aliases": ["GHSA-aaaa-bbbb-cccc"]})])
			with data.parameters.vulnerabilities.denied_ids as [id]
	}
}

test_vul014_passes_on_others if {
	not "VUL014" in t.ids(pack.deny) with input as t.findings([t.finding({})])
		with data.parameters.vulnerabilities.denied_ids as ["CVE-2021-44228"]
	not "VUL014" in t.ids(pack.deny) with input as t.findings([t.finding({})])
}

test_vul015_fails_with_and_without_version if {
	every purl in ["pkg:npm/%40acme/left@1.2.3", "pkg:npm/%40acme/left"] {
		"VUL015" in t.ids(pack.deny) with input as t.packages([t.package_of("npm", "%40acme/left", "1.2.3", [])])
			with data.parameters.vulnerabilities.denied_packages as [purl]
	}
}

test_vul015_passes_on_another_version_and_name if {
	every purl in ["pkg:npm/%40acme/left@1.2.4", "pkg:npm/%40acme/le", "pkg:npm/left"] {
		not "VUL015" in t.ids(pack.deny) with input as t.packages([t.package_of("npm", "%40acme/left", "1.2.3", [])])
			with data.parameters.vulnerabilities.denied_packages as [purl]
	}
}
