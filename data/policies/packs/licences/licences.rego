# What packages are licensed under, against the lists. Each distinct text is judged once (see expression.rego), then each
# package is looked up. Several licences of one package all apply to it.
package bulkhead.licences

deny contains reason("LIC001", entry, message) if {
	some entry in judged
	entry.level == 5
	message := sprintf("%s is under %s, which is denied", [short(entry.package.purl), entry.text])
}

deny contains reason("LIC002", entry, message) if {
	some entry in judged
	entry.level == 4
	message := sprintf(
		"%s is under %s (%s), a category that is denied",
		[short(entry.package.purl), entry.text, concat(", ", categories_in(entry.text))],
	)
}

warn contains reason("LIC003", entry, message) if {
	some entry in judged
	entry.level == 2
	message := sprintf(
		"%s is under %s (%s)",
		[short(entry.package.purl), entry.text, concat(", ", categories_in(entry.text))],
	)
}

deny contains reason("LIC004", entry, message) if {
	some entry in judged
	entry.level == 3
	message := sprintf(
		"%s is under %s, which is not on the list of allowed licences",
		[short(entry.package.purl), entry.text],
	)
}

warn contains {"id": "LIC005", "message": message, "subject": text, "path": "packages"} if {
	some text, users in not_understood
	message := sprintf(
		"Licence %q is not understood; %d packages declare it, %s for one",
		[text, count(users), min(users)],
	)
}

warn contains {"id": "LIC006", "message": message, "path": "packages"} if {
	number := count([1 | some candidate in considered; count(object.get(candidate, "licences", [])) == 0])
	number > 0
	message := sprintf("%d of %d packages declare no licence", [number, count(considered)])
}

parameter := data.parameters.licences

considered := [candidate |
	some candidate in input.packages
	not candidate.type in parameter.ignore_types
	counts(candidate)
]

counts(candidate) if not candidate.dev == true

counts(_) if parameter.include_development

texts := {text | some candidate in considered; some text in candidate.licences}

level_of := {text: level(text) | some text in texts}

# What there is to say about: each licence of each package that is not simply allowed.
judged := [{"package": candidate, "text": text, "level": level_of[text]} |
	some candidate in considered
	some text in candidate.licences
	level_of[text] > 1
	not excepted(candidate, text)
]

not_understood[text] contains candidate.name if {
	some candidate in considered
	some text in candidate.licences
	level_of[text] == 1
	not excepted(candidate, text)
}

# Rarely asked: only for what would be reported.
excepted(candidate, text) if {
	some exception in parameter.exceptions
	glob.match(exception.package, ["/"], regex.replace(short(candidate.purl), `@[^@/]*$`, ""))
	covers(exception, text)
}

covers(exception, _) if not exception.licences

covers(exception, text) if {
	listed := {id | some entry in exception.licences; some id in alternatives(lower(entry))}
	every atom in {atom | some atom in atoms_of[text]; atom_level[atom] > 1} {
		some id in alternatives(split(atom, "^")[0])
		id in listed
	}
}

reason(id, entry, message) := object.union(
	{"id": id, "message": message, "subject": entry.package.purl},
	{key: value | some key in ["path"]; value := entry.package.locations[0].path},
)

short(purl) := split(purl, "?")[0]
