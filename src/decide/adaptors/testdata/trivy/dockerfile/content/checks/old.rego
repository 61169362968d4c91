package builtin.dockerfile.TST003

__rego_metadata__ := {
	"id": "TST003",
	"title": "ADD of an address",
	"severity": "MEDIUM",
	"description": "The content is not pinned.",
	"recommended_actions": "Use a checksum",
	"url": "https://example.com/tst003",
}

__rego_input__ := {"selector": [{"type": "dockerfile"}]}

deny[res] {
	add := input.Stages[_].Commands[_]
	add.Cmd == "add"
	startswith(add.Value[0], "http")
	res := {"msg": sprintf("ADD %s", [add.Value[0]]), "startline": add.StartLine, "filepath": add.Path}
}
