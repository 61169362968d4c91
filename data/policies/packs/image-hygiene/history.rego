# What the steps of the build tell. Builders write them as "RUN |1 A=b /bin/sh -c make # buildkit", older ones as
# "/bin/sh -c #(nop) ADD ..." or "|1 A=b /bin/sh -c make". Values of arguments and secrets in URLs are not repeated.
package bulkhead.image_hygiene

deny contains {"id": "HYG015", "message": message, "path": sprintf("history[%d]", [index])} if {
	some index, step in input.image.history
	some found in arguments_with_values(step.created_by)
	name := found[1]
	holds_secret(name, trim(found[2], `"'`))
	message := sprintf(
		"The build argument %s is in the history with its value; its name says that it is secret",
		[name],
	)
}

warn contains {"id": "HYG016", "message": message, "path": sprintf("history[%d]", [index])} if {
	some index, step in input.image.history
	found := regex.find_all_string_submatch_n(add_from_url, step.created_by, 1)
	message := sprintf("ADD took a file from %s", [without_secrets(found[0][1])])
}

warn contains {"id": "HYG017", "message": message, "path": sprintf("history[%d]", [index])} if {
	some index, step in input.image.history
	some pattern in [download_to_shell, download_as_text]
	regex.match(pattern, step.created_by)
	message := "A step of the build pipes what it downloads into a shell"
}

add_from_url := `^(?:/bin/sh -c #\(nop\) +)?ADD +(?:--[a-z]+=\S+ +)*((?:https?|ftp|git)://\S+)`

# A download, what it is piped through, and a shell that has no program of its own ("-c", a file): then the download is one.
download_to_shell := concat("", [
	`\b(?:curl|wget)\b`, piece, `*(?:\|`, piece, `+)*\|\s*`, in_front, `(?:/\S*/)?(?:`, shell_alone, `|`,
	interpreter_alone, `)\s*(?:$|\d?[;&|)#<>}"'\x60\n])`,
])

# A word or a part of one that ends no command.
piece := `(?:"[^"]*"|'[^']*'|\\.|\d?[<>]&|&>|[^|;&"'\\])`

in_front := `(?:(?:sudo|env|exec|nice|time|-[a-zA-Z]*[ugUCD]\s+\S+|-\S+|\w+=(?:"[^"]*"|'[^']*'|[^\s"']*))\s+)*`

shell_alone := concat("", [
	`(?:ba|da|a|z|k)?sh(?:\s+(?:-|--[a-z]*|[-+][abd-zA-Z]*o\s+\w+|[-+][abd-rt-zA-Z]+))*`,
	`(?:\s+(?:-[abd-z]*s[abd-z]*|/dev/stdin)(?:\s[^|;&]*)?)?`,
])

interpreter_alone := `(?:python[0-9.]*|perl|ruby|node|php)(?:\s+-[uBEsSIOwT]+)*(?:\s+-(?:\s[^|;&]*)?)?`

# sh -c "$(curl ...)", bash <(curl ...)
download_as_text := `(?:^|[\s;&|(/])(?:(?:ba|da|a|z|k)?sh|eval|source|\.)\s+(?:-\S+\s+)*["']?(?:[$<]\(|\x60)\s*(?:curl|wget)\b`

# "|2 A=b C=d /bin/sh -c make" and "ARG A=b C=d" leave values behind; "ARG A" does not. What follows the shell is the
# command, whose own assignments are none of the builder's.
arguments_with_values(text) := regex.find_all_string_submatch_n(argument, given, -1) if {
	regex.match(`^(RUN +)?\|[0-9]+ `, text)
	given := regex.split(` (?:/(?:\S*/)?)?(?:ba|da|a|z|k|pw)?sh -| /bin/(?:ba)?sh `, text)[0]
}

arguments_with_values(text) := regex.find_all_string_submatch_n(argument, text, -1) if {
	regex.match(`^(?:/bin/sh -c #\(nop\) +)?ARG +[A-Za-z_]`, text)
}

argument := `\s([A-Za-z_]\w*)=("[^"]*"|'[^']*'|\S*)`

without_secrets(url) := regex.replace(regex.replace(url, `[?#].*$`, ""), `://[^/@]*@`, "://")
