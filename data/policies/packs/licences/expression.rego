# SPDX licence expressions (SPDX 2.3, annex D): "MIT OR (GPL-3.0-or-later WITH GCC-exception-3.1 AND Zlib)".
#
# Each licence gets a level, written as a digit:
#   5 denied by name, 4 denied by category, 3 not on the list of allowed ones, 2 to be reviewed, 1 not known, 0 fine.
# AND takes the highest level of its operands, because all of them apply; OR takes the lowest, because one may choose.
# "Or later" is a choice too: GPL-2.0-or-later is denied only when 2.0 and 3.0 both are.
# Rego has no recursion, so an expression is turned into a text such as "(0|(5&0))" and reduced: in each round chains of
# AND that touch become one digit, then parentheses that hold nothing but alternatives do. A round takes one level of
# parentheses off; what is left after the last one was no expression and counts as not known.
package bulkhead.licences

level(text) := to_number(reduced[text]) if text in readable

level(text) := unreadable if not text in readable

readable contains text if {
	some text, result in reduced
	regex.match(`^[0-5]$`, result)
}

# What cannot be read is not on a list of allowed licences either.
unreadable := 3 if restricted

unreadable := 1 if not restricted

reduced := {text: round(round(round(round(round(round(concat("", ["(", digits, ")"]))))))) |
	some text, tokens in tokens_of
	digits := concat("", [digit(token) | some token in tokens])
}

round(text) := alternatives_joined(chains_joined(text))

chains_joined(text) := result if {
	five := regex.replace(text, `([0-5]&)*5(&[0-5])*`, "5")
	four := regex.replace(five, `([0-4]&)*4(&[0-4])*`, "4")
	three := regex.replace(four, `([0-3]&)*3(&[0-3])*`, "3")
	two := regex.replace(three, `([0-2]&)*2(&[0-2])*`, "2")
	one := regex.replace(two, `([01]&)*1(&[01])*`, "1")
	result := regex.replace(one, `0(&0)+`, "0")
}

alternatives_joined(text) := result if {
	zero := regex.replace(text, `\(([0-5]\|)*0(\|[0-5])*\)`, "0")
	one := regex.replace(zero, `\(([1-5]\|)*1(\|[1-5])*\)`, "1")
	two := regex.replace(one, `\(([2-5]\|)*2(\|[2-5])*\)`, "2")
	three := regex.replace(two, `\(([3-5]\|)*3(\|[3-5])*\)`, "3")
	four := regex.replace(three, `\(([45]\|)*4(\|[45])*\)`, "4")
	result := regex.replace(four, `\(5(\|5)*\)`, "5")
}

digit(token) := token if token in {"(", ")"}

digit("and") := "&"

digit("or") := "|"

digit(token) := format_int(atom_level[token], 10)

# "a with b" becomes one token "a^b"; "a/b" is an old way to write "a OR b".
tokens_of := {text: tokens |
	some text in texts
	count(text) <= 2000
	words := regex.replace(with_phrases(lower(trim_space(text))), `\s+with\s+`, "^")
	tokens := regex.find_n(`[()]|[^\s()]+`, regex.replace(words, `([a-z0-9.+-])/([a-z])`, "$1 or $2"), -1)
}

with_phrases(text) := lower(data.lists.licences.phrases[text])

with_phrases(text) := lower(strings.replace_n(data.lists.licences.inner_phrases, text)) if {
	not data.lists.licences.phrases[text]
}

atoms_of := {text: atoms |
	some text, tokens in tokens_of
	atoms := {token | some token in tokens; not token in {"(", ")", "and", "or"}}
}

atom_level := {atom: licence_level(split(atom, "^")) | some atoms in atoms_of; some atom in atoms}

licence_level(parts) := 0 if accepted_exception(parts)

licence_level(parts) := min([alternative_level(id) | some id in alternatives(parts[0])]) if not accepted_exception(parts)

accepted_exception(parts) if {
	count(parts) == 2
	parts[1] in accepted_exceptions
}

accepted_exceptions := {lower(id) |
	some id in data.lists.licences.linking_exceptions
} if parameter.accepted_exceptions == "linking"

accepted_exceptions := {lower(id) |
	some id in parameter.accepted_exceptions
} if is_array(parameter.accepted_exceptions)

alternative_level(id) := 5 if {
	id in denied
} else := 4 if {
	category(id) in parameter.denied_categories
} else := 3 if {
	restricted
	not id in allowed
	not category(id) in parameter.allowed_categories
} else := 2 if {
	category(id) in parameter.review_categories
} else := 0 if {
	category(id)
} else := 0 if {
	id in allowed
} else := 1

denied := {id | some entry in parameter.denied; some id in alternatives(lower(entry))}

allowed := {id | some entry in parameter.allowed; some id in alternatives(lower(entry))}

restricted if count(parameter.allowed) > 0

restricted if count(parameter.allowed_categories) > 0

# The licences, without "-only", among which such a name lets one choose.
alternatives(name) := plain_alternatives(lower(object.get(data.lists.licences.aliases, name, name)))

plain_alternatives(name) := {base(name)} if not newer(name)

plain_alternatives(name) := newer(name)

newer(name) := {concat("-", [family, later]) | some later in versions; later >= version} if {
	regex.match(`(-or-later|\+)$`, name)
	parts := regex.find_all_string_submatch_n(`^(.+)-([0-9.]+)$`, base(name), 1)
	family := parts[0][1]
	version := parts[0][2]
	versions := data.lists.licences.families[family]
}

base(name) := regex.replace(name, `(-only|-or-later|\+)$`, "")

category(id) := category_of[id]

category(id) := by_prefix[id] if not category_of[id]

category_of := {lower(id): name | some name, members in data.lists.licences.categories; some id in members.ids}

# Only for licences that occur and are not listed one by one.
by_prefix := {id: min(names) |
	some id in named
	not category_of[id]
	names := {name |
		some name, members in data.lists.licences.categories
		some prefix in members.prefixes
		startswith(id, lower(prefix))
	}
	count(names) > 0
}

named := {id | some atoms in atoms_of; some atom in atoms; some id in alternatives(split(atom, "^")[0])}

categories_in(text) := {name |
	some atom in atoms_of[text]
	some id in alternatives(split(atom, "^")[0])
	name := category(id)
}
