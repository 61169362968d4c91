# The Dockerfiles of the document as flat lists of steps and of commands, made once; each rule walks the list it needs.
# The shape of a Dockerfile is in docs/formats; commands are what a shell would run, split into words.
package bulkhead.dockerfile

parameter := data.parameters.dockerfile

files := [file | some file in input.files; file.kind == "dockerfile"]

steps := array.concat(stage_steps, array.concat(triggers, arguments_of_bases))

stage_steps := [{"file": file.path, "stage": stage.index, "shipped": stage.index in shipped, "step": step} |
	some file in files
	shipped := shipped_stages(file)
	some stage in file.document.stages
	some step in stage.instructions
]

# What ONBUILD wraps happens in the build of another image; of this one's layers it is no part.
triggers := [{"file": entry.file, "stage": entry.stage, "shipped": false, "step": entry.step.inner} |
	some entry in stage_steps
	entry.step.inner
]

# ARG before the first FROM: in no stage.
arguments_of_bases := [{"file": file.path, "stage": -1, "shipped": false, "step": step} |
	some file in files
	some step in file.document.args
]

# Stages that end up in the image: the last one and those that it is built on.
shipped_stages(file) := graph.reachable(
	{stage.index: [parent | parent := stage.from.stage] | some stage in file.document.stages},
	{count(file.document.stages) - 1},
)

# Steps of one kind: those_of.copy.
those_of[cmd] contains entry if {
	some entry in steps
	cmd := entry.step.cmd
}

# What RUN runs, without sudo, env and assignments before it; `words[0]` is the name of the program.
calls := [{"entry": entry, "before": object.get(command, "before", ""), "words": words, "number": number, "prefixed": prefixed} |
	some entry in steps
	entry.step.cmd == "run"
	some number, command in commands_of(entry.step)
	start := min([index |
		some index, word in command.words
		not is_prefix(word)
		not is_value_of_prefix(command.words, index)
	])
	words := array.concat(
		[base_name(command.words[start])],
		array.slice(command.words, start + 1, count(command.words)),
	)
	prefixed := {base_name(word) | some word in array.slice(command.words, 0, start)}
]

commands_of(step) := step.commands

commands_of(step) := [{"words": step.value, "before": ""}] if {
	not step.commands
	step.form == "exec"
}

is_prefix(word) if base_name(word) in {"sudo", "env", "exec", "time", "nice", "command", "then", "do"}

is_prefix(word) if regex.match(`^(-|[A-Za-z_][A-Za-z0-9_]*=)`, word)

# "sudo -u app make": the account is no program.
is_value_of_prefix(words, index) if {
	regex.match(`^(-[A-Zbeiknsv]*[ugUCDR]|--user|--group|--chdir|--unset)$`, words[index - 1])
	base_name(words[0]) in {"sudo", "env"}
}

is_value_of_prefix(words, index) if {
	words[index - 1] == "-n"
	base_name(words[0]) == "nice"
}

base_name(word) := regex.replace(word, `^.*/`, "")

# Calls of package managers that install something, with the names (and versions) that they are given.
installs := [{"call": call, "manager": call.words[0], "names": names} |
	some call in calls
	call.words[0] in {"apt", "apt-get", "apk", "dnf", "microdnf", "tdnf", "yum", "zypper"}
	some number, word in call.words
	word in {"install", "add", "in", "localinstall", "groupinstall"}
	not word in {other | some index, other in call.words; index < number; index > 0}
	names := arguments(array.slice(call.words, number + 1, count(call.words)))
]

# Words that are neither options nor the values of options that take one.
arguments(words) := [word |
	some index, word in words
	not startswith(word, "-")
	not is_value(words, index)
]

is_value(words, index) if words[index - 1] in options_with_value

options_with_value := {
	"-t", "--target-release", "-o", "-c", "--option", "--virtual", "-X", "--repository",
	"--index-url", "-i", "--prefix",
}

# Steps that run a certain program with a certain word: runs(entry, "apt-get", "update").
runs(entry, programs, word) if {
	some call in calls_of[[entry.file, entry.step.line]]
	call.words[0] in programs
	word in call.words
}

calls_of[place] contains call if {
	some call in calls
	place := [call.entry.file, call.entry.step.line]
}

# A cache mount over a directory (a regular expression) keeps what is in it out of the layer.
cached(step, directory) if {
	some mount in step.flags.mount
	contains(mount, "type=cache")
	regex.match(sprintf(`(^|,)(target|dst|destination)=%s/?(,|$)`, [directory]), mount)
}

reason(id, entry, message) := {
	"id": id,
	"message": message,
	"subject": entry.file,
	"path": sprintf("%s:%d", [entry.file, entry.step.line]),
}

file_reason(id, file, line, message) := {
	"id": id,
	"message": message,
	"subject": file.path,
	"path": sprintf("%s:%d", [file.path, line]),
}
