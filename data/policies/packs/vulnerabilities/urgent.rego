# What does not wait for a grace period: exploited, expected to be exploited, malicious, loaded now, or named by the
# security team.
package bulkhead.vulnerabilities

deny contains reason("VUL001", entry, message) if {
	some entry in vulnerabilities
	found := entry.found
	found.score.kev == true
	not in_kev_grace(found)
	message := sprintf(
		"%s in %s is being exploited%s%s",
		[found.id, entry.package, ransomware(found), remedy(found)],
	)
}

deny contains reason("VUL009", entry, message) if {
	some entry in vulnerabilities
	found := entry.found
	found.score.epss >= parameter.epss_threshold
	message := sprintf(
		"%s in %s: EPSS %.2f, the threshold is %.2f%s",
		[found.id, entry.package, found.score.epss, parameter.epss_threshold, remedy(found)],
	)
}

deny contains reason("VUL010", {"found": found}, message) if {
	some found in input.findings
	found.kind == "malicious"
	message := sprintf("%s was published to do harm (%s)", [short(found.package), found.id])
}

deny contains object.union(reason("VUL011", entry, message), {"severity": found.severity}) if {
	some entry in vulnerabilities
	found := entry.found
	found.in_use == true
	found.severity in parameter.in_use_severities
	message := sprintf(
		"%s (%s) in %s is loaded by a running process%s",
		[found.id, found.severity, entry.package, remedy(found)],
	)
}

deny contains reason("VUL014", entry, message) if {
	count(parameter.denied_ids) > 0
	some entry in vulnerabilities
	some id in names(entry.found)
	id in parameter.denied_ids
	message := sprintf("%s in %s is on the list of advisories that are never accepted", [id, entry.package])
}

deny contains {"id": "VUL015", "message": message, "subject": candidate.purl} if {
	count(parameter.denied_packages) > 0
	some candidate in input.packages
	purl := short(candidate.purl)
	some name in {purl, regex.replace(purl, `@[^@/]*$`, "")}
	name in parameter.denied_packages
	message := sprintf("%s is on the list of packages that are never accepted", [purl])
}

in_kev_grace(found) if {
	days := floor((now - nanoseconds(found.score.kev_date)) / (86400 * 1000000000))
	days < parameter.kev_grace_days
}

ransomware(found) := ", also by ransomware" if found.score.kev_ransomware == true

ransomware(found) := "" if not found.score.kev_ransomware == true

remedy(found) := sprintf("; upgrade to %s", [found.fix.version])

remedy(found) := "" if not found.fix.version

names(found) := {found.id} | {alias | some alias in found.aliases}
