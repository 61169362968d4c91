package main

deny_labels[{"msg": msg, "_loc": {"file": "a", "line": 3}}] {
	not input.metadata.labels.owner
	msg := sprintf("%s in %s", [input.kind, data.conftest.file.name])
}

exception[rules] { input.a; rules := ["labels", ""] }
