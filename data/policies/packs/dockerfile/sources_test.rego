package bulkhead.dockerfile_test

import data.bulkhead.dockerfile as pack
import data.bulkhead.test as t

test_dkf004_fails_on_add_of_a_file if {
	"DKF004" in t.ids(pack.warn) with input as one([add(["app.py", "/app/"], {})])
}

test_dkf004_passes_on_archives_urls_and_copy if {
	every source in ["rootfs.tar.xz", "a.tgz", "https://example.com/a", "git@example.com:a.git", "$ARCHIVE"] {
		not "DKF004" in t.ids(pack.warn) with input as one([add([source, "/app/"], {})])
	}
	not "DKF004" in t.ids(pack.warn) with input as one([copy(["app.py", "/app/"], {})])
}

test_dkf005_fails_on_a_url_and_hides_its_secrets if {
	t.messages(pack.warn, "DKF005") == "ADD takes https://example.com/a without --checksum"
		with input as one([add(["https://me:hunter2@example.com/a?t=hunter2", "/a"], {})])
}

test_dkf005_passes_with_a_checksum if {
	not "DKF005" in t.ids(pack.warn)
		with input as one([add(["https://example.com/a", "/a"], {"checksum": ["sha256:aa"]})])
	not "DKF005" in t.ids(pack.warn) with input as one([add(["a.tar", "/a"], {})])
}

test_dkf014_fails_on_latest_and_on_no_tag if {
	every base in [
		{"raw": "FROM debian", "line": 1, "image": "debian"},
		{"raw": "FROM debian:latest", "line": 1, "image": "debian", "tag": "latest"},
	] {
		"DKF014" in t.ids(pack.deny) with input as from(base, [])
	}
}

test_dkf014_passes_with_version_digest_stage_scratch_and_unknown if {
	every base in [
		debian,
		{"raw": "FROM debian:12", "line": 1, "image": "debian", "tag": "12"},
		{"raw": "FROM debian@sha256:aa", "line": 1, "image": "debian", "digest": digest},
		{"raw": "FROM base", "line": 1, "image": "base", "stage": 0},
		{"raw": "FROM scratch", "line": 1, "image": "scratch"},
		{"raw": "FROM $BASE", "line": 1, "image": "$BASE", "unresolved": ["BASE"]},
	] {
		not "DKF014" in t.ids(pack.deny) with input as from(base, [])
	}
}

test_dkf015_fails_without_a_digest if {
	t.messages(pack.warn, "DKF015") == "The base debian:12 is not pinned by digest"
		with input as from({"raw": "FROM debian:12", "line": 1, "image": "debian", "tag": "12"}, [])
}

test_dkf015_passes_with_a_digest if {
	not "DKF015" in t.ids(pack.warn) with input as one([])
}

test_dkf016_fails_on_an_unknown_publisher if {
	t.messages(pack.deny, "DKF016") == "The base docker.io/somebody/debian is not on the list of trusted bases"
		with input as from(object.union(debian, {"image": "somebody/debian"}), [])
	every image in [
		"docker.io/somebody/debian", "index.docker.io/somebody/debian", "docker.io.example.com/debian", "localhost/debian",
	] {
		"DKF016" in t.ids(pack.deny) with input as from(object.union(debian, {"image": image}), [])
	}
}

test_dkf016_passes_on_trusted_ones if {
	every image in [
		"debian", "docker.io/library/debian", "docker.io/debian", "index.docker.io/library/debian",
		"index.docker.io/debian", "gcr.io/distroless/static-debian12",
	] {
		not "DKF016" in t.ids(pack.deny) with input as from(object.union(debian, {"image": image}), [])
	}
}

test_dkf019_fails_on_files_of_secrets if {
	every source in [
		".env", "config/.env.production", "id_rsa", "/keys/server.key", ".git", "./.git/", "home/.aws/credentials",
		".npmrc", "certs/store.p12",
	] {
		"DKF019" in t.ids(pack.deny) with input as one([copy([source, "/app/"], {})])
		"DKF019" in t.ids(pack.deny) with input as one([trigger(copy([source, "/app/"], {}))])
	}
}

test_dkf019_passes_on_others if {
	every source in [
		".env.example", "src", "id_rsa.pub", "environment.ts", "keys.go", ".", "package.json", "public.pub.key",
	] {
		not "DKF019" in t.ids(pack.deny) with input as one([copy([source, "/app/"], {})])
	}
}

test_dkf027_fails_on_a_fixed_platform if {
	"DKF027" in t.ids(pack.warn) with input as from(object.union(debian, {"platform": "linux/amd64"}), [])
}

test_dkf027_passes_without_and_on_a_variable if {
	not "DKF027" in t.ids(pack.warn) with input as one([])
	not "DKF027" in t.ids(pack.warn) with input as from(object.union(debian, {"platform": "$BUILDPLATFORM"}), [])
}

everything(present) := of_document(object.union(
	{"stages": [{"index": 0, "from": debian, "instructions": [copy([".", "/app"], {})]}]},
	present,
))

test_dkf028_fails_without_dockerignore if {
	"DKF028" in t.ids(pack.warn) with input as everything({"dockerignore": {"present": false}})
}

test_dkf028_passes_with_one_and_when_nobody_looked if {
	not "DKF028" in t.ids(pack.warn)
		with input as everything({"dockerignore": {"present": true, "patterns": [".git"]}})
	not "DKF028" in t.ids(pack.warn) with input as everything({})
}

test_dkf030_fails_on_downloads_without_encryption if {
	every commands in [
		[["curl", "-o", "a", "http://example.com/a"]], [["wget", "ftp://example.com/a"]],
		[["pip", "install", "--index-url=http://example.com/simple", "a"]],
		[["git", "clone", "git://example.com/a"]],
	] {
		"DKF030" in t.ids(pack.warn) with input as one([run(commands)])
	}
	"DKF030" in t.ids(pack.warn) with input as one([add(["http://example.com/a", "/a"], {})])
}

test_dkf030_passes_on_https_and_on_this_machine if {
	every commands in [
		[["curl", "https://example.com/a"]], [["curl", "http://localhost:8080/"]], [["echo", "http://example.com"]],
	] {
		not "DKF030" in t.ids(pack.warn) with input as one([run(commands)])
	}
}
