# What the build gives away or weakens: secrets, passwords, checks that are switched off, rights. Values are not repeated.
package bulkhead.dockerfile

warn contains reason("DKF017", call.entry, message) if {
	some call in calls
	"sudo" in call.prefixed
	message := sprintf("%s is run by sudo", [call.words[0]])
}

deny contains reason("DKF018", entry, message) if {
	some cmd in ["env", "arg"]
	some entry in those_of[cmd]
	some pair in entry.step.pairs
	secret_name(pair.key)
	not lower(object.get(pair, "value", "?")) in {
		"", "true", "false", "yes", "no", "on", "off", "0", "1", "none", "null",
	}
	message := sprintf("%s %s is secret by its name", [upper(cmd), pair.key])
}

warn contains reason("DKF026", call.entry, message) if {
	some call in calls
	call.words[0] == "chmod"
	some word in call.words
	opens_to_all(word)
	message := sprintf("chmod %s lets everybody write", [word])
}

warn contains reason("DKF026", entry, message) if {
	some cmd in ["copy", "add"]
	some entry in those_of[cmd]
	some mode in entry.step.flags.chmod
	opens_to_all(mode)
	message := sprintf("%s --chmod=%s lets everybody write", [upper(cmd), mode])
}

deny contains reason("DKF029", call.entry, message) if {
	some call in calls
	pattern := data.lists.unsafe_options.programs[program_of(call.words)]
	some word in call.words
	regex.match(pattern, word)
	not reset(call.words)
	message := sprintf("%s does not check what it downloads (%s)", [call.words[0], word])
}

deny contains reason("DKF029", entry, message) if {
	some cmd in ["env", "arg"]
	some entry in those_of[cmd]
	some pair in entry.step.pairs
	values := data.lists.unsafe_options.variables[pair.key]
	switches_off(values, lower(object.get(pair, "value", "")))
	message := sprintf("%s %s switches checking off", [upper(cmd), pair.key])
}

deny contains reason("DKF029", entry, message) if {
	some entry in those_of.run
	some command in commands_of(entry.step)
	some pair in assignments(command)
	values := data.lists.unsafe_options.variables[pair[0]]
	switches_off(values, lower(pair[1]))
	message := sprintf("RUN %s switches checking off", [pair[0]])
}

deny contains reason("DKF032", call.entry, "The build sets a password") if {
	some call in calls
	sets_password(call.words)
}

deny contains reason("DKF032", call.entry, "The build lets an account in without a password") if {
	some call in calls
	drops_password(call.words)
}

deny contains reason("DKF033", entry, message) if {
	some entry in those_of.run
	some flag, bad in {"security": "insecure", "network": "host"}
	bad in entry.step.flags[flag]
	message := sprintf("The step runs with --%s=%s", [flag, bad])
}

warn contains reason("DKF034", call.entry, message) if {
	some call in calls
	call.words[0] == "chmod"
	some word in call.words
	sets_id(word)
	message := sprintf("chmod %s lets the file run with the rights of its owner", [word])
}

warn contains reason("DKF034", entry, message) if {
	some cmd in ["copy", "add"]
	some entry in those_of[cmd]
	some mode in entry.step.flags.chmod
	sets_id(mode)
	message := sprintf("%s --chmod=%s lets the file run with the rights of its owner", [upper(cmd), mode])
}

# Modes of chmod, as a number or as clauses: "u+x,o=rw". A sticky directory may be open to all.
opens_to_all(mode) if regex.match(`^0?[0246]?[0-7]{2}[2367]$`, mode)

opens_to_all(mode) if {
	regex.match(clauses, mode)
	regex.match(`(^|,)[ugo]*[ao][ugoa]*([-+=][rwxXstugo]*)*[+=][rxXst]*w`, mode)
}

opens_to_all(mode) if {
	regex.match(`^\+[rxXst]*w[rwxXst]*$`, mode)
	count(mode) > 2
}

sets_id(mode) if regex.match(`^0?[2-7][0-7]{3}$`, mode)

sets_id(mode) if {
	regex.match(clauses, mode)
	regex.match(`[+=][rwxXt]*s`, mode)
}

clauses := `^[ugoa]*([-+=][rwxXstugo]*)+(,[ugoa]*([-+=][rwxXstugo]*)+)*$`

# "python3 -m pip" is pip.
program_of(words) := words[0] if not runs_module(words)

program_of(words) := words[min([index | some index, word in words; word == "-m"]) + 1] if runs_module(words)

runs_module(words) if {
	regex.match(`^python[0-9.]*$`, words[0])
	"-m" in words
}

# Name and value of what is set for the command, or by it.
assignments(command) := {[name, value] | some name, value in object.get(command, "assigns", {})} | {[name, value] |
	base_name(command.words[0]) in {"export", "env", "sudo", "declare"}
	some word in command.words
	found := regex.find_all_string_submatch_n(`^([A-Za-z_]\w*)=(.*)$`, word, 1)
	[_, name, value] := found[0]
}

secret_name(name) if {
	regex.match(data.lists.secret_names.is, upper(name))
	not regex.match(data.lists.secret_names.not, upper(name))
	not name in parameter.allowed_env
}

# "git config http.sslVerify true" and "npm config set strict-ssl true" switch it on again.
reset(words) if words[count(words) - 1] == "true"

switches_off(values, value) if value in values

switches_off(values, _) if count(values) == 0

sets_password(words) if {
	words[0] == "chpasswd"
}

sets_password(words) if {
	words[0] in {"useradd", "usermod"}
	some word in words
	regex.match(`^(-[DLMNUalmor]*p|--password(=|$))`, word)
}

sets_password(words) if {
	words[0] == "passwd"
	"--stdin" in words
}

drops_password(words) if {
	words[0] == "passwd"
	some word in words
	word in {"-d", "--delete"}
}

drops_password(words) if {
	some word in words
	contains(word, "NOPASSWD")
}

drops_password(words) if {
	words[0] == "adduser"
	"--empty-password" in words
}
