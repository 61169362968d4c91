package main

deny_run_as_root[msg] {
	not input.spec.securityContext.runAsNonRoot
	msg := sprintf("%s may run as root", [input.metadata.name])
}

deny[msg] {
	input.spec.hostNetwork
	msg := sprintf("%s uses the network of its host", [input.metadata.name])
}

exception[rules] {
	input.metadata.name == "agent"
	rules := ["run_as_root", ""]
}
