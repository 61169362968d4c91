# What is downloaded and run at once. A download that a program reads as its data is another matter: with "-c", "-e" or a
# script of its own, an interpreter takes its program from there and not from the pipe.
package bulkhead.dockerfile

deny contains reason("DKF003", call.entry, message) if {
	some call in calls
	call.before == "|"
	reads_program(call.words)
	some other in calls_of[[call.entry.file, call.entry.step.line]]
	other.words[0] in {"curl", "wget"}
	other.number < call.number
	every between in calls_of[[call.entry.file, call.entry.step.line]] {
		piped_or_outside(between, other.number, call.number)
	}
	message := sprintf("%s is piped into %s", [other.words[0], call.words[0]])
}

deny contains reason("DKF003", call.entry, message) if {
	some call in calls
	call.words[0] in (shells | {"eval", "source", "."})
	some word in call.words
	regex.match("([$<][(]|`) *(curl|wget) ", word)
	message := sprintf("%s runs what is downloaded", [call.words[0]])
}

deny contains reason("DKF003", call.entry, message) if {
	some call in calls
	call.words[0] in (shells | {"eval"})
	some word in call.words
	regex.match(download_to_shell, word)
	message := sprintf("%s pipes what is downloaded into a shell", [call.words[0]])
}

shells := {"sh", "bash", "dash", "ash", "zsh", "ksh"}

interpreter(name) if regex.match(`^(python[0-9.]*|perl|ruby|node|php)$`, name)

# Runs what comes in by the pipe.
reads_program(words) if {
	words[0] in shells
	not given_as_option(words)
	not given_as_file(words)
}

reads_program(words) if {
	words[0] in shells
	some word in words
	regex.match(`^-[abd-z]*s[abd-z]*$`, word)
	not given_as_option(words)
}

reads_program(words) if {
	interpreter(words[0])
	not given_as_option(words)
	not given_as_file(words)
}

given_as_option(words) if {
	pattern := program_options[regex.replace(words[0], `[0-9.]+$`, "")]
	some index, word in words
	index > 0
	index < place_of_file(words)
	regex.match(pattern, word)
}

program_options := object.union(
	{shell: `^-[a-zA-Z]*c[a-zA-Z]*$` | some shell in shells},
	{
		"python": `^-[a-zA-Z]*[cm]`,
		"perl": `^-[acFilnpstTuUwW0-9]*[eE]`,
		"ruby": `^-[aclnpswW0-9]*e`,
		"node": `^(-[a-z]*[ep]|--eval|--print)`,
		"php": `^-[a-zA-Z]*[rBRF]`,
	},
)

given_as_file(words) if {
	file := words[place_of_file(words)]
	not file in {"-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"}
}

# The place of the first word that is neither an option nor the value of one; behind the last word when there is none.
place_of_file(words) := min([index |
	some index, word in array.concat(words, [""])
	index > 0
	not regex.match(`^[-+].`, word)
	not regex.match(`^([-+][a-zA-Z]*[oO]|-W|-X|-I|--rcfile|--init-file)$`, words[index - 1])
])

# A substitution in the middle of a pipeline begins with no operator in front; it is a part of it.
piped_or_outside(call, _, _) if call.before in {"|", ""}

piped_or_outside(call, from, _) if call.number <= from

piped_or_outside(call, _, to) if call.number > to

# The same in the text of a shell: a download, what it is piped through, and a shell that has no other program.
download_to_shell := concat("", [
	`\b(?:curl|wget)\b`, piece, `*(?:\|`, piece, `+)*\|\s*`, in_front, `(?:/\S*/)?(?:`, shell_alone, `|`,
	interpreter_alone, `)\s*(?:$|\d?[;&|)#<>}"'\x60\n])`,
])

piece := `(?:"[^"]*"|'[^']*'|\\.|\d?[<>]&|&>|[^|;&"'\\])`

in_front := `(?:(?:sudo|env|exec|nice|time|-[a-zA-Z]*[ugUCD]\s+\S+|-\S+|\w+=(?:"[^"]*"|'[^']*'|[^\s"']*))\s+)*`

shell_alone := concat("", [
	`(?:ba|da|a|z|k)?sh(?:\s+(?:-|--[a-z]*|[-+][abd-zA-Z]*o\s+\w+|[-+][abd-rt-zA-Z]+))*`,
	`(?:\s+(?:-[abd-z]*s[abd-z]*|/dev/stdin)(?:\s[^|;&]*)?)?`,
])

interpreter_alone := `(?:python[0-9.]*|perl|ruby|node|php)(?:\s+-[uBEsSIOwT]+)*(?:\s+-(?:\s[^|;&]*)?)?`
