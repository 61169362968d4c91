# Builders of Dockerfiles for the tests of this pack: one stage of steps, or several stages.
package bulkhead.dockerfile_test

import data.bulkhead.test as t

digest := "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

debian := {"raw": "FROM debian:12", "line": 1, "image": "debian", "tag": "12", "digest": digest}

# one([user("1000")]): a Dockerfile of one stage.
one(steps) := from(debian, steps)

from(base, steps) := stages([{"index": 0, "from": base, "instructions": steps}])

stages(list) := of_document({"args": [], "stages": list})

of_document(document) := t.document({"files": [{"path": "app/Dockerfile", "kind": "dockerfile", "document": document}]})

step(cmd, members) := object.union({"cmd": cmd, "value": [], "flags": {}, "raw": "", "line": 7, "stage": 0}, members)

# run([["apt-get", "update"], ["make"]]): commands joined by &&.
run(commands) := shell([{"words": words, "before": "&&"} | some words in commands])

# piped([["curl", "u"], ["sh"]]): commands joined by |.
piped(commands) := shell([{"words": words, "before": operator} |
	some number, words in commands
	operator := ["", "|"][min([number, 1])]
])

shell(commands) := step("run", {
	"form": "shell",
	"commands": commands,
	"raw": concat(" && ", [concat(" ", command.words) | some command in commands]),
})

user(name) := step("user", {"value": [name]})

env(name, value) := step("env", {"pairs": [{"key": name, "value": value}]})

copy(words, flags) := step("copy", {"value": words, "flags": flags, "form": "shell"})

add(words, flags) := step("add", {"value": words, "flags": flags, "form": "shell"})

# trigger(run([["make"]])): the same step behind ONBUILD, as the document has it.
trigger(inner) := step("onbuild", {"value": ["as written"], "inner": object.remove(inner, ["raw"])})
