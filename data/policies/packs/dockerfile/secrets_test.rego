package bulkhead.dockerfile_test

import data.bulkhead.dockerfile as pack
import data.bulkhead.test as t

test_dkf017_fails_on_sudo if {
	"DKF017" in t.ids(pack.warn) with input as one([run([["sudo", "make", "install"]])])
}

test_dkf017_passes_without if {
	not "DKF017" in t.ids(pack.warn) with input as one([run([["make", "sudo"]])])
}

test_dkf018_fails_on_secrets_and_hides_the_value if {
	found := t.messages(pack.deny, "DKF018") with input as one([env("DB_PASSWORD", "hunter2")])
	found == "ENV DB_PASSWORD is secret by its name"
	"DKF018" in t.ids(pack.deny) with input as one([step("arg", {"pairs": [{"key": "NPM_TOKEN"}]})])
	"DKF018" in t.ids(pack.deny) with input as one([step("arg", {"pairs": [{"key": "NPM_TOKEN", "value": "x"}]})])
}

test_dkf018_fails_before_the_first_from_and_in_triggers if {
	argument := step("arg", {"pairs": [{"key": "NPM_TOKEN", "value": "abcd1234"}], "stage": -1, "line": 1})
	t.of(pack.deny, "DKF018") == {{
		"id": "DKF018",
		"message": "ARG NPM_TOKEN is secret by its name",
		"subject": "app/Dockerfile",
		"path": "app/Dockerfile:1",
	}}
		with input as of_document({"args": [argument], "stages": [{"index": 0, "from": debian, "instructions": []}]})
	"DKF018" in t.ids(pack.deny) with input as one([trigger(env("DB_PASSWORD", "abcd1234"))])
}

test_dkf018_passes_on_other_names if {
	every pair in [
		["VERSION", "1"], ["DB_PASSWORD_FILE", "/run/secrets/db"], ["USE_TOKEN", "false"], ["DB_PASSWORD", ""],
	] {
		not "DKF018" in t.ids(pack.deny) with input as one([env(pair[0], pair[1])])
	}
	not "DKF018" in t.ids(pack.deny)
		with input as one([env("DEMO_TOKEN", "x")])
		with data.parameters.dockerfile.allowed_env as ["DEMO_TOKEN"]
}

test_dkf026_fails_when_everybody_may_write if {
	every words in [
		["chmod", "777", "/a"], ["chmod", "-R", "0777", "/a"], ["chmod", "666", "/a"], ["chmod", "a+w", "/a"],
		["chmod", "o+rwx", "/a"], ["chmod", "a=rwx", "/a"], ["chmod", "u+x,o+w", "/a"], ["chmod", "o-x+w,u=rwx", "/a"],
	] {
		"DKF026" in t.ids(pack.warn) with input as one([run([words])])
	}
	every mode in ["777", "a+rwx", "u=rwx,o=rw"] {
		"DKF026" in t.ids(pack.warn) with input as one([copy(["a", "/a"], {"chmod": [mode]})])
	}
}

test_dkf026_passes_on_narrower_modes if {
	every words in [
		["chmod", "755", "/a"], ["chmod", "+x", "/a"], ["chmod", "u+w", "/a"], ["chmod", "0644", "/a"],
		["chmod", "g+w", "/a"], ["touch", "777"], ["chmod", "u=rwx,go=rx", "/a"], ["chmod", "a=rx,u+w", "/a"],
		["chmod", "o-w", "/a"], ["chmod", "755", "/data/a=w"], ["chmod", "1777", "/tmp"],
	] {
		not "DKF026" in t.ids(pack.warn) with input as one([run([words])])
	}
	every mode in ["755", "u+w,a+rx", "$MODE"] {
		not "DKF026" in t.ids(pack.warn) with input as one([copy(["a", "/a"], {"chmod": [mode]})])
	}
}

test_dkf029_fails_when_checking_is_off if {
	every words in [
		["curl", "-fsSLk", "https://example.com"], ["wget", "--no-check-certificate", "https://example.com"],
		["apt-get", "install", "--allow-unauthenticated", "a"],
		["apk", "add", "--allow-untrusted", "a.apk"], ["yum", "install", "--nogpgcheck", "a"],
		["pip", "install", "--trusted-host", "example.com", "a"],
		["git", "config", "--global", "http.sslVerify", "false"], ["npm", "config", "set", "strict-ssl", "false"],
		["echo", "deb [trusted=yes] https://example.com ./"], ["curl", "-kofile", "https://example.com"],
		["python3", "-m", "pip", "install", "--trusted-host", "example.com", "a"],
		["export", "NODE_TLS_REJECT_UNAUTHORIZED=0"],
		["env", "GIT_SSL_NO_VERIFY=1", "git", "clone", "https://example.com"],
	] {
		"DKF029" in t.ids(pack.deny) with input as one([run([words])])
	}
	"DKF029" in t.ids(pack.deny) with input as one([env("NODE_TLS_REJECT_UNAUTHORIZED", "0")])
	"DKF029" in t.ids(pack.deny) with input as one([env("PIP_TRUSTED_HOST", "example.com")])
	assigned := {"words": ["git", "clone", "https://example.com"], "before": "", "assigns": {"GIT_SSL_NO_VERIFY": "1"}}
	t.messages(pack.deny, "DKF029") == "RUN GIT_SSL_NO_VERIFY switches checking off" with input as one([shell([assigned])])
}

test_dkf029_passes_when_it_is_on if {
	every words in [
		["curl", "-fsSL", "https://example.com"], ["git", "config", "http.sslVerify", "true"], ["rm", "-k"],
		["curl", "--cacert", "ca.pem", "https://example.com"], ["curl", "-otask", "https://example.com"],
		["curl", "-fsSLHkey: a", "https://example.com"], ["wget", "--no-hsts", "https://example.com"],
		["export", "NODE_TLS_REJECT_UNAUTHORIZED=1"], ["echo", "NODE_TLS_REJECT_UNAUTHORIZED=0"],
		["python3", "-m", "build", "--trusted-host"],
	] {
		not "DKF029" in t.ids(pack.deny) with input as one([run([words])])
	}
	not "DKF029" in t.ids(pack.deny) with input as one([env("NODE_TLS_REJECT_UNAUTHORIZED", "1")])
}

test_dkf032_fails_on_passwords_and_hides_them if {
	every commands in [
		[["echo", "root:hunter2"], ["chpasswd"]], [["useradd", "-p", "hunter2", "app"]], [["passwd", "-d", "root"]],
		[["echo", "app ALL=(ALL) NOPASSWD: ALL"]], [["echo", "hunter2"], ["passwd", "--stdin", "root"]],
		[["useradd", "-rp", "hunter2", "app"]], [["usermod", "-phunter2", "app"]],
	] {
		found := t.messages(pack.deny, "DKF032") with input as one([piped(commands)])
		found != ""
		not contains(found, "hunter2")
	}
}

test_dkf032_passes_on_locked_accounts if {
	every words in [["useradd", "-r", "-u", "1000", "app"], ["passwd", "-l", "root"], ["adduser", "-D", "app"],
		["useradd", "-P", "/mnt", "--prefix", "/mnt", "-d", "/home/p", "app"], ["useradd", "-rdp", "app"]] {
		not "DKF032" in t.ids(pack.deny) with input as one([run([words])])
	}
}

test_dkf033_fails_without_isolation if {
	"DKF033" in t.ids(pack.deny)
		with input as one([object.union(run([["make"]]), {"flags": {"security": ["insecure"]}})])
	"DKF033" in t.ids(pack.deny) with input as one([object.union(run([["make"]]), {"flags": {"network": ["host"]}})])
}

test_dkf033_passes_with_it if {
	not "DKF033" in t.ids(pack.deny)
		with input as one([object.union(run([["make"]]), {"flags": {"network": ["none"], "mount": ["type=bind"]}})])
}

test_dkf034_fails_on_setuid if {
	every words in [
		["chmod", "4755", "/a"], ["chmod", "u+s", "/a"], ["chmod", "02755", "/a"], ["chmod", "+s", "/a"],
		["chmod", "3775", "/a"], ["chmod", "5755", "/a"], ["chmod", "u=rwxs", "/a"], ["chmod", "u+x,g+s", "/a"],
	] {
		"DKF034" in t.ids(pack.warn) with input as one([run([words])])
	}
	every mode in ["4755", "u+s"] {
		"DKF034" in t.ids(pack.warn) with input as one([copy(["a", "/a"], {"chmod": [mode]})])
	}
}

test_dkf034_passes_on_other_modes if {
	every words in [
		["chmod", "0755", "/a"], ["chmod", "u-s", "/a"], ["chmod", "1777", "/tmp"], ["chmod", "a-s", "/a"],
		["chmod", "u=rwx,g-s", "/a"], ["chmod", "+x", "/opt/a+s.sh"],
	] {
		not "DKF034" in t.ids(pack.warn) with input as one([run([words])])
	}
	not "DKF034" in t.ids(pack.warn) with input as one([copy(["a", "/a"], {"chmod": ["0755"]})])
}
