package bulkhead.licences_test

import data.bulkhead.licences as pack
import data.bulkhead.test as t

test_lic001_fails_on_a_denied_licence if {
	found := t.of(pack.deny, "LIC001") with input as under("GPL-3.0-or-later")
	found == {{
		"id": "LIC001",
		"message": "pkg:npm/left@1.0.0 is under GPL-3.0-or-later, which is denied",
		"subject": "pkg:npm/left@1.0.0",
		"path": "opt/left",
	}}
}

test_lic001_fails_on_every_spelling if {
	every text in [
		"GPL-3.0", "GPL-3.0-only", "GPL-3.0+", "gpl-3.0-ONLY", "GPLv3+", "GPL-3", "MIT AND GPL-3.0-only",
		"(MIT OR Zlib) AND GPL-3.0-only",
		"GPL-3.0-only OR GPL-3.0-or-later", "GPLv3+ and Public Domain", "GNU General Public License v3 (GPLv3)",
		"MIT and (GPLv3 or GPLv3+)",
	] {
		"LIC001" in t.ids(pack.deny) with input as under(text)
	}
}

test_lic001_fails_when_one_of_several_licences_is_denied if {
	several := t.packages([t.package_of("npm", "left", "1.0", ["MIT", "GPL-3.0-only"])])
	count(t.of(pack.deny, "LIC001")) == 1 with input as several
}

test_lic001_passes_when_another_alternative_may_be_chosen if {
	every text in [
		"MIT OR GPL-3.0-only", "MIT/GPL-3.0-only", "GPL-2.0-or-later", "GPL-2.0-only", "LGPL-3.0-only", "GPL",
		"Apache-2.0",
		"(GPL-3.0-only AND MIT) OR Apache-2.0", "GPL-3.0-or-later WITH GCC-exception-3.1", "((MIT OR GPL-3.0-only))",
		"Artistic-1.0-Perl OR GPL-1.0-or-later",
	] {
		not "LIC001" in t.ids(pack.deny) with input as under(text)
	}
}

test_lic001_passes_for_exceptions if {
	denied := under("GPL-3.0-only AND MIT")
	every exception in [
		{"package": "pkg:npm/left"}, {"package": "pkg:npm/*"}, {"package": "pkg:npm/left", "licences": ["GPL-3.0"]},
	] {
		not "LIC001" in t.ids(pack.deny) with input as denied with data.parameters.licences.exceptions as [exception]
	}
	every exception in [{"package": "pkg:npm/right"}, {"package": "pkg:npm/left", "licences": ["LGPL-3.0"]}] {
		"LIC001" in t.ids(pack.deny) with input as denied with data.parameters.licences.exceptions as [exception]
	}
}

test_lic001_passes_for_types_and_development_that_do_not_count if {
	denied := under("GPL-3.0-only")
	not "LIC001" in t.ids(pack.deny) with input as denied with data.parameters.licences.ignore_types as ["npm"]
	development := t.packages([object.union(t.package_of("npm", "left", "1.0.0", ["GPL-3.0-only"]), {"dev": true})])
	not "LIC001" in t.ids(pack.deny) with input as development
	"LIC001" in t.ids(pack.deny) with input as development with data.parameters.licences.include_development as true
}

test_lic001_denies_or_later_only_when_all_later_ones_are_denied if {
	"LIC001" in t.ids(pack.deny)
		with input as under("GPL-2.0-or-later")
		with data.parameters.licences.denied as ["GPL-2.0-or-later"]
	not "LIC001" in t.ids(pack.deny)
		with input as under("GPL-2.0-or-later")
		with data.parameters.licences.denied as ["GPL-2.0"]
	"LIC001" in t.ids(pack.deny)
		with input as under("GPL-2.0-only")
		with data.parameters.licences.denied as ["GPL-2.0"]
}

test_lic001_takes_ones_own_list_of_accepted_exceptions if {
	"LIC001" in t.ids(pack.deny) with input as under("GPL-3.0-only WITH GCC-exception-3.1")
		with data.parameters.licences.accepted_exceptions as ["Classpath-exception-2.0"]
	"LIC001" in t.ids(pack.deny) with input as under("GPL-3.0-only WITH Unheard-of-exception")
}

test_lic002_fails_on_a_denied_category if {
	t.messages(
		pack.deny,
		"LIC002",
	) == "pkg:npm/left@1.0.0 is under AGPL-3.0-only (network_copyleft), a category that is denied"
		with input as under("AGPL-3.0-only")
	every text in ["SSPL-1.0", "CC-BY-NC-4.0", "MIT AND BUSL-1.1", "AGPLv3+"] {
		"LIC002" in t.ids(pack.deny) with input as under(text)
	}
}

test_lic002_passes_on_other_categories if {
	every text in ["MIT", "GPL-2.0-only", "CC-BY-4.0", "AGPL-3.0-only OR MIT"] {
		not "LIC002" in t.ids(pack.deny) with input as under(text)
	}
}

test_lic003_fails_on_a_category_to_review if {
	"LIC003" in t.ids(pack.warn)
		with input as under("LGPL-2.1-or-later")
		with data.parameters.licences.review_categories as ["weak_copyleft"]
}

test_lic003_passes_on_others_and_without_a_list if {
	not "LIC003" in t.ids(pack.warn)
		with input as under("MIT")
		with data.parameters.licences.review_categories as ["weak_copyleft"]
	not "LIC003" in t.ids(pack.warn) with input as under("LGPL-2.1-or-later")
}

test_lic004_fails_outside_the_list if {
	every text in ["ISC", "House licence", "MIT AND ISC"] {
		"LIC004" in t.ids(pack.deny) with input as under(text) with data.parameters.licences.allowed as ["MIT"]
	}
	"LIC004" in t.ids(pack.deny)
		with input as under("MPL-2.0")
		with data.parameters.licences.allowed_categories as ["permissive"]
}

test_lic004_passes_inside_the_list_and_without_one if {
	every text in ["MIT", "MIT OR ISC", "mit"] {
		not "LIC004" in t.ids(pack.deny) with input as under(text) with data.parameters.licences.allowed as ["MIT"]
	}
	not "LIC004" in t.ids(pack.deny) with input as under("BSD-3-Clause-Clear")
		with data.parameters.licences.allowed_categories as ["permissive"]
	not "LIC004" in t.ids(pack.deny) with input as under("ISC")
}

test_lic005_fails_on_what_is_no_licence if {
	t.messages(
		pack.warn,
		"LIC005",
	) == "Licence \"House licence\" is not understood; 1 packages declare it, left for one"
		with input as under("House licence")
	every text in [
		"MIT ISC", "MIT AND", "(MIT", "MIT)", "OR MIT", "Foo-1.0", "()", "MIT OR OR ISC", "", "0", "5|0", "MIT WITH",
	] {
		"LIC005" in t.ids(pack.warn) with input as under(text)
	}
}

test_lic005_fails_on_texts_that_are_too_long_or_nested_too_deep if {
	long := concat(" AND ", ["MIT" | some _ in numbers.range(1, 1000)])
	"LIC005" in t.ids(pack.warn) with input as under(long)
	deep := sprintf(
		"%sMIT%s",
		[concat("", ["(" | some _ in numbers.range(1, 9)]), concat("", [")" | some _ in numbers.range(1, 9)])],
	)
	"LIC005" in t.ids(pack.warn) with input as under(deep)
}

test_lic005_passes_on_expressions_and_well_known_names if {
	every text in [
		"MIT", "MIT License", "BSD", "ASL 2.0 and MIT", "Apache License, Version 2.0", "public domain", "(MIT)",
		"MIT or Foo-1.0",
		"MIT AND (Apache-2.0 OR (ISC AND (Zlib OR (BSD-2-Clause AND Unlicense))))",
		"GPL-2.0-only WITH Linux-syscall-note",
	] {
		not "LIC005" in t.ids(pack.warn) with input as under(text)
	}
}

test_lic005_names_a_text_once if {
	many := [t.package_of("npm", sprintf("p%d", [number]), "1.0.0", ["House licence"]) |
		some number in numbers.range(1, 9)
	]
	count(t.of(pack.warn, "LIC005")) == 1 with input as t.packages(many)
}

test_lic006_fails_without_a_licence if {
	t.messages(pack.warn, "LIC006") == "1 of 2 packages declare no licence"
		with input as t.packages([t.package_of("npm", "a", "1", []), t.package_of("npm", "b", "1", ["MIT"])])
}

test_lic006_passes_when_all_declare_one if {
	not "LIC006" in t.ids(pack.warn) with input as under("MIT")
	not "LIC006" in t.ids(pack.warn) with input as t.packages([])
}

test_nothing_is_said_without_packages if {
	pack.deny == set() with input as {}
	pack.warn == set() with input as {}
}

# Levels of operands joined by operators, against what the words mean.
test_expressions_take_the_worst_of_and_and_the_best_of_or if {
	every text, level in {
		"GPL-3.0-only AND MIT OR MIT": 0,
		"MIT OR MIT AND GPL-3.0-only": 0,
		"(MIT OR MIT) AND GPL-3.0-only": 5,
		"GPL-3.0-only AND (MIT OR AGPL-3.0-only)": 5,
		"AGPL-3.0-only AND (MIT OR GPL-3.0-only)": 4,
		"AGPL-3.0-only OR GPL-3.0-only": 4,
		"Foo OR GPL-3.0-only": 1,
		"Foo AND GPL-3.0-only": 5,
		"((GPL-3.0-only OR MIT) AND (GPL-3.0-only OR Foo))": 1,
	} {
		pack.level_of[text] == level with input as under(text)
	}
}

under(text) := t.packages([t.package_of("npm", "left", "1.0.0", [text])])
