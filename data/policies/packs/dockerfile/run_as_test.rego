package bulkhead.dockerfile_test

import data.bulkhead.dockerfile as pack
import data.bulkhead.test as t

test_dkf001_fails_without_user if {
	found := t.of(pack.deny, "DKF001") with input as one([])
	found == {{
		"id": "DKF001",
		"message": "The last stage, from debian, sets no USER",
		"subject": "app/Dockerfile",
		"path": "app/Dockerfile:1",
	}}
}

test_dkf001_fails_when_only_another_stage_sets_one if {
	"DKF001" in t.ids(pack.deny) with input as stages([
		{"index": 0, "name": "build", "from": debian, "instructions": [user("1000")]},
		{"index": 1, "from": object.union(debian, {"line": 9}), "instructions": []},
	])
}

test_dkf001_passes_with_a_user_here_or_in_the_stage_below if {
	not "DKF001" in t.ids(pack.deny) with input as one([user("1000")])
	not "DKF001" in t.ids(pack.deny) with input as stages([
		{"index": 0, "name": "base", "from": debian, "instructions": [user("1000")]},
		{"index": 1, "from": {"raw": "FROM base", "line": 9, "image": "base", "stage": 0}, "instructions": []},
	])
}

test_dkf001_passes_on_a_base_that_is_named_for_it if {
	base := {
		"raw": "FROM gcr.io/distroless/static:nonroot", "line": 1, "image": "gcr.io/distroless/static",
		"tag": "nonroot",
	}
	not "DKF001" in t.ids(pack.deny) with input as from(base, [])
	not "DKF001" in t.ids(pack.deny) with input as stages([
		{"index": 0, "name": "base", "from": base, "instructions": []},
		{"index": 1, "from": {"raw": "FROM base", "line": 9, "image": "base", "stage": 0}, "instructions": []},
	])
}

test_dkf001_fails_when_only_the_stage_is_named_for_it if {
	named := object.union(debian, {"raw": "FROM debian:12 AS nonroot", "alias": "nonroot"})
	"DKF001" in t.ids(pack.deny) with input as stages([{"index": 0, "name": "nonroot", "from": named, "instructions": []}])
	"DKF001" in t.ids(pack.deny) with input as stages([
		{"index": 0, "name": "nonroot", "from": named, "instructions": []},
		{"index": 1, "from": {"raw": "FROM nonroot", "line": 9, "image": "nonroot", "stage": 0}, "instructions": []},
	])
}

test_dkf002_fails_on_root_at_the_end if {
	every name in ["root", "0", "0:0", "root:app"] {
		"DKF002" in t.ids(pack.deny) with input as one([user("1000"), user(name)])
	}
	"DKF002" in t.ids(pack.deny) with input as one([step("user", {"value": ["$WHO"], "resolved": ["root"]})])
}

test_dkf002_passes_when_another_user_follows if {
	not "DKF002" in t.ids(pack.deny) with input as one([user("root"), user("1000")])
	not "DKF002" in t.ids(pack.deny) with input as one([user("$WHO")])
	not "DKF002" in t.ids(pack.deny) with input as one([])
}

test_dkf020_fails_on_ports_of_high_risk_services if {
	found := t.of(pack.deny, "DKF020") with input as one([step("expose", {"value": ["22", "8080", "23/tcp"]})])
	{reason.severity | some reason in found} == {"high", "critical"}
	"DKF020" in t.ids(pack.deny) with input as one([step("expose", {"value": ["20-25/tcp"]})])
}

test_dkf020_passes_on_other_ports if {
	not "DKF020" in t.ids(pack.deny)
		with input as one([step("expose", {"value": ["443/tcp", "$PORT", "2222", "8000-8010", "24-$PORT", "26-30"]})])
}

test_dkf021_fails_on_a_relative_directory if {
	"DKF021" in t.ids(pack.warn) with input as one([step("workdir", {"value": ["app"]})])
}

test_dkf021_passes_on_absolute_ones if {
	every path in ["/app", "$HOME/app", `C:\app`] {
		not "DKF021" in t.ids(pack.warn) with input as one([step("workdir", {"value": [path]})])
	}
}

exec(cmd) := step(cmd, {"form": "exec", "value": ["/app"]})

test_dkf022_fails_on_two_cmd if {
	"DKF022" in t.ids(pack.warn) with input as one([exec("cmd"), exec("cmd")])
}

test_dkf022_passes_on_one_in_each_stage if {
	two := stages([
		{"index": 0, "from": debian, "instructions": [exec("cmd")]},
		{"index": 1, "from": debian, "instructions": [exec("cmd")]},
	])
	not "DKF022" in t.ids(pack.warn) with input as two
}

test_dkf023_fails_on_two_entrypoints if {
	"DKF023" in t.ids(pack.warn) with input as one([exec("entrypoint"), exec("entrypoint")])
}

test_dkf023_passes_on_one if {
	not "DKF023" in t.ids(pack.warn) with input as one([exec("entrypoint"), exec("cmd")])
}

test_dkf024_fails_without_a_health_check if {
	"DKF024" in t.ids(pack.warn) with input as one([])
	"DKF024" in t.ids(pack.warn) with input as one([step("healthcheck", {"value": ["NONE"]})])
	"DKF024" in t.ids(pack.warn) with input as one([trigger(step("healthcheck", {"value": ["CMD", "/healthy"]}))])
}

test_dkf024_fails_when_a_later_step_takes_it_away if {
	check := step("healthcheck", {"value": ["CMD", "/healthy"]})
	none := step("healthcheck", {"value": ["NONE"]})
	"DKF024" in t.ids(pack.warn) with input as one([check, none])
	not "DKF024" in t.ids(pack.warn) with input as one([none, check])
	"DKF024" in t.ids(pack.warn) with input as stages([
		{"index": 0, "name": "base", "from": debian, "instructions": [check]},
		{"index": 1, "from": {"raw": "FROM base", "line": 9, "image": "base", "stage": 0}, "instructions": [none]},
	])
}

test_dkf024_passes_with_one_and_when_probes_do_it if {
	not "DKF024" in t.ids(pack.warn) with input as one([step("healthcheck", {"value": ["CMD", "/healthy"]})])
	not "DKF024" in t.ids(pack.warn)
		with input as one([])
		with data.parameters.dockerfile.require_healthcheck as false
}

test_dkf025_fails_on_the_shell_form if {
	every cmd in ["cmd", "entrypoint"] {
		"DKF025" in t.ids(pack.warn) with input as one([step(cmd, {"form": "shell", "value": ["/app --port 1"]})])
	}
}

test_dkf025_passes_on_the_exec_form if {
	not "DKF025" in t.ids(pack.warn) with input as one([exec("cmd"), exec("entrypoint")])
}

test_dkf036_fails_on_maintainer if {
	"DKF036" in t.ids(pack.warn) with input as one([step("maintainer", {"value": ["me"]})])
}

test_dkf036_passes_on_a_label if {
	not "DKF036" in t.ids(pack.warn)
		with input as one([step("label", {"pairs": [{"key": "maintainer", "value": "me"}]})])
}

test_nothing_is_said_without_files if {
	pack.deny == set() with input as {}
	pack.warn == set() with input as {}
	pack.deny == set() with input as t.document({"files": [{"path": "a.yaml", "kind": "kubernetes", "document": {}}]})
	pack.deny == set() with input as of_document({"args": [], "stages": []})
	pack.warn == set() with input as of_document({"args": [], "stages": []})
}
