package main

import rego.v1

deny contains msg if {
	some name, job in input.jobs
	some step in job.steps
	uses := step.uses
	not regex.match(`@[0-9a-f]{40}$`, uses)
	msg := sprintf("%s: %s is not pinned", [name, uses])
}

warn contains "runs for pull requests of strangers" if "pull_request_target" in input["true"]
