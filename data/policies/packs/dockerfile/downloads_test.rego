package bulkhead.dockerfile_test

import data.bulkhead.dockerfile as pack
import data.bulkhead.test as t

test_dkf003_fails_on_pipes_into_shells if {
	every commands in [
		[["curl", "-fsSL", "https://example.com/i.sh"], ["sh"]],
		[["wget", "-qO-", "https://example.com/i.sh"], ["sudo", "-E", "bash", "-"]],
		[["curl", "https://example.com/i.gz"], ["gunzip"], ["sh", "-s"]],
		[["curl", "https://example.com/i.py"], ["python3", "-"]],
	] {
		"DKF003" in t.ids(pack.deny) with input as one([piped(commands)])
	}
}

test_dkf003_fails_in_triggers if {
	"DKF003" in t.ids(pack.deny) with input as one([trigger(piped([["curl", "https://example.com/i.sh"], ["sh"]]))])
}

test_dkf003_fails_on_substitutions if {
	every words in [
		["bash", "-c", "$(curl -fsSL https://example.com/i.sh)"], ["bash", "<(curl https://example.com)"],
		["eval", "`wget -qO- https://example.com`"],
	] {
		"DKF003" in t.ids(pack.deny) with input as one([run([words])])
	}
}

test_dkf003_passes_on_files_and_other_programs if {
	not "DKF003" in t.ids(pack.deny)
		with input as one([run([["curl", "-o", "i.sh", "https://example.com/i.sh"], ["sh", "i.sh"]])])
	not "DKF003" in t.ids(pack.deny)
		with input as one([piped([["curl", "https://example.com/a.tgz"], ["tar", "xz"]])])
	not "DKF003" in t.ids(pack.deny) with input as one([piped([["cat", "i.sh"], ["sh"]])])
	apart := shell([
		{"words": ["curl", "-O", "https://example.com"], "before": ""},
		{"words": ["cat", "i.sh"], "before": "&&"},
		{"words": ["sh"], "before": "|"},
	])
	not "DKF003" in t.ids(pack.deny) with input as one([apart])
}

test_dkf003_fails_whatever_stands_between_download_and_shell if {
	every commands in [
		[["curl", "https://example.com/i.sh"], ["sudo", "-u", "app", "bash"]],
		[["curl", "https://example.com/i.sh"], ["sudo", "-EHu", "app", "-g", "app", "bash", "-s", "--", "--yes"]],
		[["curl", "https://example.com/i.sh"], ["env", "VERSION=1", "sh", "-"]],
		[["curl", "https://example.com/i.sh"], ["tee", "i.sh"], ["sh"]],
		[["curl", "https://example.com/i.sh"], ["bash", "-eo", "pipefail"]],
		[["curl", "https://example.com/i.sh"], ["bash", "/dev/stdin", "--yes"]],
		[["curl", "https://example.com/i.py"], ["python3", "-", "--version", "1"]],
		[["curl", "https://example.com/i.py"], ["python3", "-W", "ignore"]],
	] {
		"DKF003" in t.ids(pack.deny) with input as one([piped(commands)])
	}
	inside := shell([
		{"words": ["curl", "-fsSL", "https://example.com/$(uname -m).sh"], "before": ""},
		{"words": ["uname", "-m"], "before": ""},
		{"words": ["sh"], "before": "|"},
	])
	"DKF003" in t.ids(pack.deny) with input as one([inside])
}

test_dkf003_fails_on_the_text_of_a_shell if {
	every text in [
		"curl https://example.com | bash", `curl "https://example.com/?a=1&b=2" | sudo -u app sh -s -- -y`,
		"set -e; wget -qO- https://example.com 2>&1 | tee f | VERSION=1 sh -; true",
	] {
		"DKF003" in t.ids(pack.deny) with input as one([run([["bash", "-c", text]])])
		"DKF003" in t.ids(pack.deny) with input as one([step("run", {"form": "exec", "value": ["/bin/sh", "-c", text]})])
	}
}

test_dkf003_passes_when_the_download_is_data if {
	every words in [
		["python3", "-c", "import json"], ["python3", "-m", "json.tool"], ["perl", "-ne", "print"],
		["perl", "-pe", "s/a/b/"],
		["node", "-e", "0"], ["node", "--eval", "0"], ["node", "-p", "0"], ["ruby", "-e", "0"], ["ruby", "-rjson", "-ne", "0"],
		["php", "-r", "0;"], ["sh", "read.sh"], ["bash", "-ec", "cat"], ["sudo", "-u", "app", "python3", "read.py"],
		["bash", "-o", "pipefail", "read.sh"],
	] {
		not "DKF003" in t.ids(pack.deny) with input as one([piped([["curl", "https://example.com"], words])])
	}
	every text in [
		"curl https://example.com | python3 -c 'import json'", "curl -o f https://example.com || sh other",
		"curl https://example.com | sh read.sh", "curl -o f https://example.com; cat other | sh",
		`curl -o f "https://example.com/a|sh"`, "curl https://example.com | tar x || sh -c false",
	] {
		not "DKF003" in t.ids(pack.deny) with input as one([run([["bash", "-c", text]])])
	}
}
