# SPDX-License-Identifier: Apache-2.0
"""Rules of Conftest, Gatekeeper and Trivy as they are: each denies what is wrong and passes what was mended."""
import json
import subprocess

import support
from git_server import Repository, Server
from support import Workspace, wait_for

CONFTEST = """package main

denied_users := ["root", "0"]

deny[msg] {
  input[i].Cmd == "user"
  user := input[i].Value[0]
  user == denied_users[_]
  msg := sprintf("USER %s runs as root", [user])
}

warn[msg] {
  input[i].Cmd == "from"
  endswith(input[i].Value[0], ":latest")
  msg := sprintf("%s moves", [input[i].Value[0]])
}
"""
TEMPLATE = """apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata:
  name: k8srequiredlabels
spec:
  crd:
    spec:
      names:
        kind: K8sRequiredLabels
      validation:
        openAPIV3Schema:
          type: object
          properties:
            message: {type: string}
            labels:
              type: array
              items:
                type: object
                properties:
                  key: {type: string}
                  allowedRegex: {type: string}
  targets:
    - target: admission.k8s.gatekeeper.sh
      rego: |
        package k8srequiredlabels

        get_message(parameters, _default) := _default {
          not parameters.message
        }

        get_message(parameters, _) := parameters.message

        violation[{"msg": msg, "details": {"missing_labels": missing}}] {
          provided := {label | input.review.object.metadata.labels[label]}
          required := {label | label := input.parameters.labels[_].key}
          missing := required - provided
          count(missing) > 0
          def_msg := sprintf("you must provide labels: %v", [missing])
          msg := get_message(input.parameters, def_msg)
        }

        violation[{"msg": msg}] {
          value := input.review.object.metadata.labels[key]
          expected := input.parameters.labels[_]
          expected.key == key
          expected.allowedRegex != ""
          not regex.match(expected.allowedRegex, value)
          msg := sprintf("label <%v: %v> is not like %v", [key, value, expected.allowedRegex])
        }
"""
CONSTRAINT = """apiVersion: constraints.gatekeeper.sh/v1beta1
kind: K8sRequiredLabels
metadata:
  name: all-must-have-owner
spec:
  match:
    kinds:
      - apiGroups: ["apps"]
        kinds: ["Deployment"]
  parameters:
    labels:
      - key: owner
        allowedRegex: "^[a-z]+@example.org$"
"""
TRIVY = """# METADATA
# title: "apt-get install without -y"
# description: The build waits for an answer that nobody gives.
# scope: package
# schemas:
#   - input: schema["dockerfile"]
# custom:
#   id: USR0001
#   avd_id: AVD-USR-0001
#   severity: HIGH
#   short_code: use-y
#   recommended_action: Add -y
#   input:
#     selector:
#       - type: dockerfile
package user.dockerfile.USR0001

import rego.v1

import data.lib.docker

deny contains res if {
\tsome run in docker.run
\tsome tokens in sh.parse_commands(run.Value[0])
\ttokens[0] == "apt-get"
\t"install" in tokens
\tnot "-y" in tokens
\tres := result.new(sprintf("%s: no -y", [concat(" ", tokens)]), run)
}
"""
LIBRARY = """# METADATA
# custom:
#   library: true
#   input:
#     selector:
#       - type: dockerfile
package lib.docker

import rego.v1

run contains instruction if {
\tsome stage in input.Stages
\tsome instruction in stage.Commands
\tinstruction.Cmd == "run"
}
"""
NETWORK = """package main

deny[msg] {
  response := http.send({"method": "get", "url": "http://example.org"})
  msg := response.body
}
"""
BAD_DOCKERFILE = "FROM debian:latest\nRUN apt-get update && \\\n    apt-get install curl\nUSER root\n"
GOOD_DOCKERFILE = "FROM debian:12\nRUN apt-get update && \\\n    apt-get install -y curl\nUSER 1000\n"
DEPLOYMENT = """apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {LABELS}
"""


def write(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def judged(w, policy, tree, code):
    run = w.run("scan", f"repo:{tree}", "--policy", policy, "--scanners", "packages", "-f", "json")
    assert run.code == code, (run.code, run.out, run.err)
    return run.json()["policy"]


def denials(verdict):
    return {(r["rule"], r.get("path", "")) for r in verdict["reasons"] if r["effect"] == "deny"}


def test_conftest_policies_are_named_and_work():
    with Workspace() as w:
        policy = write(w.path / "conftest-policies", {"policy/base.rego": CONFTEST})
        tree = write(w.path / "tree", {"app/Dockerfile": BAD_DOCKERFILE})
        verdict = judged(w, policy, tree, 2)
        assert denials(verdict) == {("main.deny", "app/Dockerfile")}, verdict
        reason = next(r for r in verdict["reasons"] if r["rule"] == "main.deny")
        assert reason["message"] == "USER root runs as root" and reason["pack"] == "conftest", reason
        assert {r["rule"] for r in verdict["reasons"] if r["effect"] == "warn"} == {"main.warn"}, verdict
        assert verdict["policy"]["name"].startswith("content of conftest"), verdict["policy"]
        table = w.run("scan", f"repo:{tree}", "--policy", policy, "--scanners", "packages")
        assert table.code == 2 and "content of conftest" in table.out and "main.deny" in table.out, table.out
        write(tree, {"app/Dockerfile": GOOD_DOCKERFILE})
        assert judged(w, policy, tree, 0)["decision"] == "allow"


def test_gatekeeper_templates_and_constraints():
    with Workspace() as w:
        policy = write(w.path / "policy", {"templates/labels.yaml": TEMPLATE, "constraints/owner.yaml": CONSTRAINT})
        tree = write(w.path / "tree", {"k8s/web.yaml": "# two\n---\n" + DEPLOYMENT.replace("LABELS", "app: web")})
        rule = "K8sRequiredLabels/all-must-have-owner"
        verdict = judged(w, policy, tree, 2)
        assert denials(verdict) == {(rule, "k8s/web.yaml:3")}, verdict
        reason = verdict["reasons"][0]
        assert reason["subject"] == "Deployment web" and reason["message"] == 'you must provide labels: {"owner"}', reason
        assert reason["details"] == {"missing_labels": ["owner"]}, reason
        write(tree, {"k8s/web.yaml": DEPLOYMENT.replace("LABELS", "owner: nobody")})
        wrong = judged(w, policy, tree, 2)["reasons"]
        assert [r["message"] for r in wrong] == ["label <owner: nobody> is not like ^[a-z]+@example.org$"], wrong
        write(tree, {"k8s/web.yaml": DEPLOYMENT.replace("LABELS", "owner: ann@example.org")})
        assert judged(w, policy, tree, 0)["reasons"] == []


def test_what_constraints_do_is_shown():
    with Workspace() as w:
        def shown(action):
            policy = write(w.path / "policy", {"labels.yaml": TEMPLATE,
                                               "owner.yaml": CONSTRAINT.replace("spec:\n", "spec:\n" + action, 1)})
            run = w.run("policy", "show", policy)
            assert run.code == 0, run.err
            return next(line for line in run.out.splitlines() if "all-must-have-owner" in line).strip()
        rule = "K8sRequiredLabels/all-must-have-owner"
        for action, want in (("", "deny"), ("  enforcementAction: warn\n", "warn"),
                             ("  enforcementAction: dryrun\n", "dryrun"),
                             ("  enforcementAction: scoped\n  scopedEnforcementActions:\n"
                              "    - {action: warn, enforcementPoints: [{name: gator.gatekeeper.sh}]}\n",
                              "build: warn")):
            assert shown(action).startswith(f"{want} {rule} "), shown(action)


def test_trivy_checks():
    with Workspace() as w:
        policy = write(w.path / "checks", {"apt.rego": TRIVY, "lib/docker.rego": LIBRARY})
        tree = write(w.path / "tree", {"Dockerfile": BAD_DOCKERFILE})
        verdict = judged(w, policy, tree, 2)
        assert denials(verdict) == {("USR0001", "Dockerfile:2")}, verdict
        reason = verdict["reasons"][0]
        assert reason["severity"] == "high" and reason["fix"] == "Add -y", reason
        assert reason["message"] == "apt-get install curl: no -y", reason
        write(tree, {"Dockerfile": GOOD_DOCKERFILE})
        assert judged(w, policy, tree, 0)["decision"] == "allow"


CUT = CONFTEST[:CONFTEST.index("msg := sprintf")]


def test_broken_content_is_an_error():
    with Workspace() as w:
        tree = write(w.path / "tree", {"app/Dockerfile": GOOD_DOCKERFILE})
        bare = write(w.path / "bare", {"base.rego": CONFTEST, "more.rego": CUT})
        twice = write(w.path / "twice", {"a.yaml": TEMPLATE, "b.yaml": CONSTRAINT, "c.yaml": CONSTRAINT})
        bundle = write(w.path / "bundle", {"policy.yaml": "version: 1\npacks: [team]\n",
                                           "packs/team/pack.yaml": "id: team\nadaptor: conftest\n",
                                           "packs/team/base.rego": CONFTEST, "packs/team/more.rego": CUT})
        for policy, words in ((bare, "more.rego:"), (twice, "c.yaml:1:"), (bundle, "packs/team/more.rego:")):
            for command in (("scan", f"repo:{tree}", "--policy", policy, "--scanners", "packages"),
                            ("policy", "check", policy)):
                run = w.run(*command)
                assert run.code == 1 and words in run.out + run.err, (command, run.code, run.out, run.err)
                assert command[0] == "policy" or "take these files out of the pack's folder:\n  " in run.err, run.err


def test_a_broken_commit_of_theirs_leaves_the_last_good_one():
    with Workspace() as w:
        repository = Repository(w.path)
        good = repository.commit({"policy/base.rego": CONFTEST})
        tree = write(w.path / "tree", {"app/Dockerfile": BAD_DOCKERFILE})
        with Server(repository) as server:
            pull = ("policy", "pull", server.url, "--to", w.path / "kept")
            assert w.run(*pull).code == 0
            repository.commit({"policy/more.rego": CUT})
            refused = w.run(*pull)
            assert refused.code == 1 and "policy/more.rego:" in refused.err, refused.err
            watcher = subprocess.Popen([support.PROGRAM, *pull, "--watch", "--interval", "1"], env=w.env,
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            try:
                assert judged(w, w.path / "kept", tree, 2)["policy"]["commit"] == good
                mended = repository.commit({"policy/more.rego": CONFTEST.replace("deny[msg]", "deny_user[msg]", 1)})
                current = w.path / "kept/current"
                assert wait_for(lambda: current.resolve().name == mended), watcher.poll()
                broken = repository.commit({"policy/more.rego": CUT})
                assert wait_for(lambda: broken in json.loads((w.path / "kept/status.json").read_text()).get("error", ""))
                assert current.resolve().name == mended
            finally:
                watcher.terminate()
                watcher.communicate(timeout=30)


def test_what_is_not_supported_counts_by_on_error():
    with Workspace() as w:
        tree = write(w.path / "tree", {"app/Dockerfile": GOOD_DOCKERFILE})
        files = {"policy.yaml": "version: 1\npacks: [team]\n", "packs/team/pack.yaml": "id: team\nadaptor: conftest\n",
                 "packs/team/base.rego": CONFTEST,
                 "packs/team/net.rego": 'package main\n\ndeny_net[msg] { msg := http.send({}).body }\n'}
        policy = write(w.path / "policy", files)
        checked = w.run("policy", "check", policy)
        assert checked.code == 0 and "http.send" in checked.out + checked.err, (checked.code, checked.out, checked.err)
        verdict = judged(w, policy, tree, 2)
        assert [r["rule"] for r in verdict["reasons"]] == ["policy-error"], verdict
        assert "packs/team/net.rego:3: http.send" in verdict["reasons"][0]["message"], verdict
        write(policy, {"policy.yaml": files["policy.yaml"] + "on_error: warn\n"})
        assert judged(w, policy, tree, 0)["decision"] == "warn"
        write(policy, {"policy.yaml": "version: 1\npacks: [{id: team, rules: {main.deny_net: {mode: observe}}}]\n"})
        assert judged(w, policy, tree, 0)["decision"] == "allow"


def test_side_by_side_under_one_policy():
    with Workspace() as w:
        policy = write(w.path / "policy", {
            "policy.yaml": "version: 1\nname: acme\npacks:\n  - id: containers\n    rules: {main.deny: {mode: warn}}\n"
                           "  - labels\n  - dockerfile\n",
            "packs/containers/pack.yaml": "id: containers\nadaptor: conftest\n",
            "packs/containers/base.rego": CONFTEST,
            "packs/containers/network.rego": NETWORK,
            "packs/containers/base_test.rego": "package main\n\ntest_root { count(deny) == 0 with input as [] }\n",
            "packs/labels/pack.yaml": "id: labels\nadaptor: gatekeeper\n",
            "packs/labels/all.yaml": TEMPLATE + "---\n" + CONSTRAINT,
        })
        tree = write(w.path / "tree", {"Dockerfile": BAD_DOCKERFILE})
        verdict = judged(w, policy, tree, 2)
        assert not [r for r in verdict["reasons"] if r["effect"] == "deny" and r["pack"] != "dockerfile"], verdict
        by_rule = {r["rule"]: r for r in verdict["reasons"]}
        assert by_rule["main.deny"]["effect"] == "warn" and by_rule["main.deny"]["level"] == "deny", by_rule

        # What is not in force is told, wherever somebody looks.
        reason = "packs/containers/network.rego:4: http.send: rules may not reach the network"
        assert any(reason in i["why"] for i in verdict["inactive"]), verdict["inactive"]
        checked = w.run("policy", "check", policy)
        assert checked.code == 0 and "packs/containers/network.rego:4: warning: http.send" in checked.out, checked.out
        shown = w.run("policy", "show", policy)
        assert shown.code == 0 and "content of conftest" in shown.out and reason in shown.out, shown.out + shown.err
        assert "K8sRequiredLabels/all-must-have-owner" in shown.out, shown.out
        tested = w.run("policy", "test", policy)
        assert tested.code == 0 and "1 passed, 0 failed, 0 skipped" in tested.out, tested.out + tested.err
        assert w.run("policy", "fmt", "--check", policy).code == 0

        # Only refused content is no policy at all.
        write(policy, {"packs/containers/base.rego": NETWORK})
        broken = w.run("scan", f"repo:{tree}", "--policy", policy, "--scanners", "packages")
        assert broken.code == 1 and "rules may not reach the network" in broken.err, broken.err


support.main(globals())
