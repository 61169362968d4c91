# Vulnerabilities by severity, by whether a fix exists, and by how long it has existed. Every list here is made in one walk
# over the one before it, so that thousands of findings are no matter.
package bulkhead.vulnerabilities

deny contains fixable_reason("VUL002", found) if {
	some found in overdue
	found.severity == "critical"
}

deny contains fixable_reason("VUL003", found) if {
	some found in overdue
	found.severity == "high"
}

deny contains fixable_reason("VUL004", found) if {
	some found in overdue
	found.severity == "medium"
}

deny contains fixable_reason("VUL005", found) if {
	some found in overdue
	found.severity in {"low", "negligible"}
}

warn contains object.union(fixable_reason("VUL006", found), {"message": message}) if {
	some found in fixable
	in_grace(found)
	left := grace_days(found.severity) - age_days(found)
	message := sprintf(
		"%s in %s is fixed in %s; it denies in %d days",
		[found.id, short(found.package), found.fix.version, left],
	)
}

warn contains reason("VUL007", found, message) if {
	some found in unfixed
	found.severity == "critical"
	message := sprintf("%s (critical) in %s has no fix yet", [found.id, short(found.package)])
}

warn contains reason("VUL008", found, message) if {
	some found in unfixed
	found.severity == "high"
	message := sprintf("%s (high) in %s has no fix yet", [found.id, short(found.package)])
}

warn contains reason("VUL012", found, message) if {
	some found in vulnerabilities
	found.severity == "unknown"
	message := sprintf("%s in %s has not been rated", [found.id, short(found.package)])
}

warn contains reason("VUL013", found, message) if {
	some found in without_fix
	found.fix.state == "will-not-fix"
	found.severity in {"critical", "high"}
	message := sprintf("%s (%s) in %s will not be fixed", [found.id, found.severity, short(found.package)])
}

deny contains fixable_reason("VUL016", found) if {
	some found in fixable
	age_days(found) > parameter.max_fix_age_days
}

parameter := data.parameters.vulnerabilities

vulnerabilities := [found | some found in input.findings; found.kind == "vuln"]

fixable := [found | some found in vulnerabilities; found.fix.version]

without_fix := [found | some found in vulnerabilities; not found.fix.version]

unfixed := [found | some found in without_fix; object.get(found, ["fix", "state"], "") != "will-not-fix"]

overdue := [found | some found in fixable; not in_grace(found)]

in_grace(found) if age_days(found) < grace_days(found.severity)

grace_days(severity) := parameter.grace_days[severity] if severity != "negligible"

grace_days("negligible") := parameter.grace_days.low

# Days since the fix is there; where nobody knows that, since the vulnerability was published; where nobody knows that
# either, undefined, and there is no grace.
age_days(found) := floor((now - nanoseconds(known_since(found))) / (86400 * 1000000000))

known_since(found) := object.get(found.fix, "available_since", found.published)

known_since(found) := found.fix.available_since if not found.published

now := nanoseconds(input.at)

# Of a date or a date with time.
nanoseconds(text) := time.parse_rfc3339_ns(text) if contains(text, "T")

nanoseconds(text) := time.parse_rfc3339_ns(concat("", [text, "T00:00:00Z"])) if not contains(text, "T")

fixable_reason(id, found) := object.union(
	reason(
		id,
		found,
		sprintf(
			"%s (%s) in %s is fixed in %s, %s",
			[found.id, found.severity, short(found.package), found.fix.version, since(found)],
		),
	),
	{"fix": sprintf("Upgrade %s to %s", [short(found.package), found.fix.version])},
)

since(found) := sprintf("available since %s", [substring(found.fix.available_since, 0, 10)])

since(found) := sprintf("published on %s", [substring(found.published, 0, 10)]) if not found.fix.available_since

since(found) := "since nobody knows when" if {
	not found.fix.available_since
	not found.published
}

reason(id, found, message) := object.union(
	{"id": id, "message": message, "subject": found.package, "finding": found.class_id},
	place(found),
)

place(found) := {"path": found.location}

place(found) := {} if not found.location

# A purl without its qualifiers.
short(purl) := split(purl, "?")[0]
