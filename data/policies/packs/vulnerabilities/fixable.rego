# Vulnerabilities by severity, by whether a fix exists, and by how long it has existed. Every list here is made in one
# walk over the one before it, and holds what rules need ready-made: there may be thousands of findings.
package bulkhead.vulnerabilities

deny contains fixable_reason("VUL002", entry) if {
	some entry in overdue
	entry.found.severity == "critical"
}

deny contains fixable_reason("VUL003", entry) if {
	some entry in overdue
	entry.found.severity == "high"
}

deny contains fixable_reason("VUL004", entry) if {
	some entry in overdue
	entry.found.severity == "medium"
}

deny contains fixable_reason("VUL005", entry) if {
	some entry in overdue
	entry.found.severity in {"low", "negligible"}
}

warn contains reason("VUL006", entry, message) if {
	some entry in fixable
	entry.left > 0
	entry.found.severity != "unknown"
	message := sprintf(
		"%s in %s is fixed in %s; it denies in %d days",
		[entry.found.id, entry.package, entry.found.fix.version, entry.left],
	)
}

warn contains reason("VUL007", entry, message) if {
	some entry in unfixed
	entry.found.severity == "critical"
	message := sprintf("%s (critical) in %s has no fix yet", [entry.found.id, entry.package])
}

warn contains reason("VUL008", entry, message) if {
	some entry in unfixed
	entry.found.severity == "high"
	message := sprintf("%s (high) in %s has no fix yet", [entry.found.id, entry.package])
}

warn contains reason("VUL012", entry, message) if {
	some entry in vulnerabilities
	entry.found.severity == "unknown"
	message := sprintf("%s in %s has not been rated", [entry.found.id, entry.package])
}

warn contains reason("VUL013", entry, message) if {
	some entry in without_fix
	entry.found.fix.state == "will-not-fix"
	entry.found.severity in {"critical", "high"}
	message := sprintf("%s (%s) in %s will not be fixed", [entry.found.id, entry.found.severity, entry.package])
}

deny contains fixable_reason("VUL016", entry) if {
	some entry in fixable
	age_of[entry.since] > parameter.max_fix_age_days
}

parameter := data.parameters.vulnerabilities

vulnerabilities := [{"found": found, "package": split(found.package, "?")[0]} |
	some found in input.findings
	found.kind == "vuln"
]

without_fix := [entry | some entry in vulnerabilities; not entry.found.fix.version]

unfixed := [entry |
	some entry in without_fix
	object.get(entry.found, ["fix", "state"], "") != "will-not-fix"
]

# With the time the fix came out; where nobody knows it, with that when the vulnerability was published; else with "", and
# there is no grace. No age is made up for it: how long a fix has been ignored is not known then.
fixable := [{"found": found, "package": entry.package, "since": since, "left": left} |
	some entry in vulnerabilities
	found := entry.found
	fix := found.fix
	fix.version
	since := object.get(fix, "available_since", object.get(found, "published", ""))
	left := object.get(grace_days, found.severity, 0) - object.get(age_of, since, more_than_any_grace)
]

# By severity; one that the parameter does not name has none.
grace_days := object.union({"negligible": low, "unknown": low}, parameter.grace_days) if {
	low := object.get(parameter.grace_days, "low", 0)
}

overdue := [entry | some entry in fixable; entry.left <= 0]

# Days that have gone by since each time that is named.
age_of := {since: days_since(since) | some since in (published | available)}

published := {found.published | some found in input.findings}

available := {found.fix.available_since | some found in input.findings}

more_than_any_grace := 100000

days_since(text) := floor((now - nanoseconds(text)) / (86400 * 1000000000))

now := nanoseconds(input.at)

# Of a date or a date with time.
nanoseconds(text) := time.parse_rfc3339_ns(text) if contains(text, "T")

nanoseconds(text) := time.parse_rfc3339_ns(concat("", [text, "T00:00:00Z"])) if not contains(text, "T")

fixable_reason(id, entry) := {
	"id": id,
	"message": sprintf("%s (%s) in %s is fixed in %s, known since %s", [
		found.id, found.severity, entry.package, found.fix.version,
		object.get({"": "an unknown day"}, entry.since, substring(entry.since, 0, 10)),
	]),
	"subject": found.package,
	"path": object.get(found, "location", "packages"),
	"finding": found.class_id,
	"fix": concat("", ["Upgrade ", entry.package, " to ", found.fix.version]),
} if {
	found := entry.found
}

reason(id, entry, message) := {
	"id": id,
	"message": message,
	"subject": entry.found.package,
	"path": object.get(entry.found, "location", "packages"),
	"finding": entry.found.class_id,
}

# A purl without its qualifiers, as it stands in `package` of the lists above.
short(purl) := split(purl, "?")[0]
