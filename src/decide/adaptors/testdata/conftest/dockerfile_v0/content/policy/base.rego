package main

denied_tags := ["latest", "edge"]

deny[msg] {
	input[i].Cmd == "from"
	parts := split(input[i].Value[0], ":")
	parts[1] == denied_tags[_]
	msg := sprintf("stage %d: the tag %s moves", [input[i].Stage, parts[1]])
}

warn[msg] {
	input[i].Cmd == "user"
	input[i].Value[0] == "root"
	msg = "runs as root"
}

warn_comments[msg] {
	input[i].Cmd == "comment"
	msg := sprintf("says: %s", [input[i].Value[0]])
}
