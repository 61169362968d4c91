# SPDX-License-Identifier: Apache-2.0
"""Security as code, end to end: a policy in git, pulled and applied without restart, judged at build."""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tarfile

import support
from git_server import Repository, Server
from support import Layout, Workspace, tar_of, wait_for

RECORDING = """version: 1
name: acme
packs:
  - {id: image-hygiene, mode: observe}
  - {id: licences, mode: observe}
"""
FORBIDDING = """version: 1
name: acme
packs:
  - {id: image-hygiene, mode: observe, rules: {HYG001: {mode: enforce}}}
  - {id: licences, mode: observe, parameters: {denied: [GPL-3.0], denied_categories: []}, rules: {LIC001: {mode: enforce}}}
"""
STATUS = support.STATUS + """
Package: bash
Status: install ok installed
Architecture: amd64
Version: 5.2.15-2+b7
Description: a shell
"""
COPYRIGHT = """Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/

Files: *
Copyright: 2022 somebody
License: GPL-3.0-or-later
"""


def image(folder, user, gpl):
    files = dict(support.BASE)
    if gpl:
        files["var/lib/dpkg/status"] = STATUS
        files["usr/share/doc/bash/copyright"] = COPYRIGHT
    return "oci:" + str(Layout(folder).layer(tar_of(files)).finish(user=user))


def judged(w, target, *flags, database=None):
    run = w.run("scan", target, "--policy", w.path / "policy", "-f", "json", "--db", database, *flags)
    assert run.code in (0, 2), run.err
    return run, run.json()["policy"]


def test_the_whole_story():
    with Workspace() as w:
        database = w.database()
        repository = Repository(w.path)
        first = repository.commit({"policy.yaml": RECORDING}, "Record what the images do")
        with Server(repository) as server:
            watcher = subprocess.Popen([support.PROGRAM, "policy", "pull", server.url, "--to", w.path / "policy",
                                        "--watch", "--interval", "1"], env=w.env, stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE, text=True)
            try:
                current = w.path / "policy/current"
                assert wait_for(current.exists), watcher.poll()
                bad = image(w.path / "bad", "root", gpl=True)
                run, verdict = judged(w, bad, database=database)
                assert run.code == 0 and verdict["decision"] == "allow", verdict
                assert verdict["policy"]["commit"] == first
                assert verdict["policy"]["author"] == "Ann Example <ann@example.org>"

                second = repository.commit({"policy.yaml": FORBIDDING}, "Forbid root and the GPL 3")
                assert wait_for(lambda: current.resolve().name == second)
                run, verdict = judged(w, bad, database=database)
                assert run.code == 2 and verdict["decision"] == "deny"
                denied = {r["rule"] for r in verdict["reasons"] if r["effect"] == "deny"}
                assert denied == {"HYG001", "LIC001"}, denied
                assert verdict["policy"]["commit"] == second
                table = w.run("scan", bad, "--policy", w.path / "policy", "--db", database)
                assert table.code == 2 and second[:12] in table.out and "HYG001" in table.out, table.out

                # A broken commit changes nothing and is told.
                broken = repository.commit({"packs/x/x.rego": "package bulkhead.x\n\ndeny contains x if {\n"})
                status = w.path / "policy/status.json"
                assert wait_for(lambda: not json.loads(status.read_text())["ok"])
                told = json.loads(status.read_text())
                assert broken in told["error"] and told["inForce"]["commit"] == second, told
                assert current.resolve().name == second

                good = image(w.path / "good", "10001", gpl=False)
                run, verdict = judged(w, good, database=database)
                assert run.code == 0 and verdict["decision"] == "allow", verdict
                assert verdict["policy"]["commit"] == second
            finally:
                watcher.terminate()
                out, err = watcher.communicate(timeout=30)
            assert watcher.returncode == 0, err
            assert f"in force: {first}" in out and f"in force: {second}" in out, out
            assert "packs/x/x.rego:" in err, err


def test_a_pipeline_reads_the_repository_itself():
    with Workspace() as w:
        repository = Repository(w.path)
        commit = repository.commit({"strict/policy.yaml": FORBIDDING})
        with Server(repository) as server:
            run = w.run("scan", image(w.path / "image", "", gpl=False), "--policy", server.url + "//strict",
                        "-f", "json", "--scanners", "packages")
            assert run.code == 2, run.err
            policy = run.json()["policy"]["policy"]
            assert policy["commit"] == commit and policy["signature"] == "none", policy


def test_only_signed_commits_when_asked():
    with Workspace() as w:
        repository = Repository(w.path)
        for name in ("ann", "eve"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", w.path / name], check=True)
        signers = w.path / "signers"
        signers.write_text("ann@example.org namespaces=\"git\" " + (w.path / "ann.pub").read_text())
        with Server(repository) as server:
            pull = ("policy", "pull", server.url, "--to", w.path / "policy", "--signers", signers)
            repository.commit({"policy.yaml": RECORDING})
            unsigned = w.run(*pull)
            assert unsigned.code == 1 and not (w.path / "policy").exists(), unsigned.err
            signed = repository.commit({"policy.yaml": FORBIDDING}, sign=w.path / "ann")
            assert w.run(*pull).code == 0
            for source, flags in ((w.path / "policy", ()), (server.url, ("--policy-signers", signers))):
                shown = w.run("policy", "show", source, *flags).out
                for words in (f"commit    {signed}", "author    Ann Example <ann@example.org>",
                              "signature verified (ann@example.org)"):
                    assert words in shown, shown
            repository.commit({"policy.yaml": RECORDING}, sign=w.path / "eve")
            refused = w.run(*pull)
            assert refused.code == 1, refused.err
            assert (w.path / "policy/current").resolve().name == signed
            run = w.run("scan", image(w.path / "image", "0", gpl=False), "--policy", w.path / "policy",
                        "-f", "json", "--scanners", "packages")
            policy = run.json()["policy"]["policy"]
            assert policy["signature"] == "verified" and policy["signer"] == "ann@example.org", policy


def test_a_first_pull_that_fails_leaves_nothing_behind():
    with Workspace() as w:
        repository = Repository(w.path)
        repository.commit({"packs/x/x.rego": "package bulkhead.x\n\ndeny contains x if {\n"})
        with Server(repository) as server:
            pull = ("policy", "pull", server.url, "--to")
            assert w.run(*pull, w.path / "a/b/policy").code == 1 and not (w.path / "a").exists()
            (w.path / "made").mkdir()
            assert w.run(*pull, w.path / "made").code == 1 and list((w.path / "made").iterdir()) == []
            # Who waits for a good commit says what there is meanwhile.
            watcher = subprocess.Popen([support.PROGRAM, *pull, w.path / "policy", "--watch", "--interval", "1"],
                                       env=w.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                assert wait_for((w.path / "policy/status.json").exists)
                run = w.run("policy", "check", w.path / "policy")
                assert run.code == 1 and "no policy is in force here yet; the pull of 20" in run.err, run.err
                assert "is broken (see above)" in run.err, run.err
            finally:
                watcher.terminate()
                watcher.wait(timeout=30)


def test_decisions_are_kept_explained_and_replayed():
    with Workspace() as w:
        database = w.database()
        for name, text in (("old", RECORDING), ("new", FORBIDDING)):
            (w.path / name).mkdir()
            (w.path / name / "policy.yaml").write_text(text)
        target = image(w.path / "image", "", gpl=True)
        scanned = w.run("scan", target, "--policy", w.path / "old", "--decisions", w.path / "kept", "-f", "json",
                        "--db", database)
        assert scanned.code == 0, scanned.err
        verdict = scanned.json()["policy"]
        kept = list((w.path / "kept").iterdir())
        assert [k.name for k in kept] == [verdict["id"].split(":")[1] + ".json"], kept
        explained = w.run("policy", "explain", "--decisions", w.path / "kept", verdict["id"][:14])
        assert explained.code == 0 and "HYG001" in explained.out and "observe" in explained.out, explained.out
        diff = w.run("policy", "diff", w.path / "old", w.path / "new", "--replay", w.path / "kept")
        assert diff.code == 0 and "allow -> deny" in diff.out and "+ deny HYG001" in diff.out, diff.out
        same = w.run("policy", "diff", w.path / "old", w.path / "old", "--replay", w.path / "kept")
        assert "0 of 1 decision would differ" in same.out, same.out
        text = kept[0].read_text()
        kept[0].write_text(text.replace("\"User\":\"\"", "\"User\":\"x\"").replace("base-files", "case-files"))
        assert w.run("policy", "explain", kept[0]).code == 1


def test_a_project_cannot_exempt_itself():
    with Workspace() as w:
        database = w.database()
        (w.path / "policy").mkdir()
        policy = "version: 1\nname: gate\npacks:\n  - {id: vulnerabilities}\n"
        (w.path / "policy/policy.yaml").write_text(policy)
        folder = w.path / "image"
        Layout(folder).layer(tar_of(support.BASE)).layer(tar_of(support.APP)).finish()
        (w.path / ".trivyignore").write_text("CVE-2026-10001\nCVE-2026-10002\nCVE-2026-10003\n")
        run = w.run("scan", f"oci:{folder}", "--policy", w.path / "policy", "-f", "json", "--db", database)
        report = run.json()
        assert run.code == 2 and report["findings"] == [] and report["policy"]["decision"] == "deny", run.out
        (w.path / "policy/policy.yaml").write_text(policy + "local_waivers: true\n")
        run = w.run("scan", f"oci:{folder}", "--policy", w.path / "policy", "-f", "json", "--db", database)
        waived = [r for r in run.json()["policy"]["reasons"] if "waiver" in r]
        assert len(waived) >= 3, run.out


def test_the_document_is_printed():
    with Workspace() as w:
        run = w.run("policy", "input", image(w.path / "image", "1000", gpl=True), "--reference",
                    "registry.example.org/shop/web:1", "--at", "2026-01-05T00:00:00Z")
        document = run.json()
        assert document["image"]["repository"] == "shop/web" and document["image"]["config"]["User"] == "1000"
        assert document["at"] == "2026-01-05T00:00:00Z" and document["stage"] == "build"


def test_check_test_and_fmt():
    with Workspace() as w:
        pack = w.path / "p/packs/house"
        pack.mkdir(parents=True)
        (pack / "pack.yaml").write_text("id: house\npackage: bulkhead.house\nrules:\n"
                                        "  - {id: H1, title: t, why: w, fix: f, references: [CWE-1]}\n")
        (pack / "house.rego").write_text("package bulkhead.house\n\ndeny contains {\"id\": \"H1\", \"message\": \"m\"} if {\n"
                                         "  input.image.confg.User ==   \"root\"\n}\n")
        (pack / "house_test.rego").write_text("package bulkhead.house_test\n\nimport data.bulkhead.house\n\n"
                                              "test_h1_fails_for_root if count(house.deny) == 1 with input as {}\n")
        checked = w.run("policy", "check", w.path / "p")
        assert checked.code == 2 and "house.rego:4:15: error" in checked.out and "confg" in checked.out, checked.out
        assert "missing-test" in checked.out
        tested = w.run("policy", "test", w.path / "p", "--coverage")
        assert tested.code == 2 and "0 passed, 1 failed" in tested.out, tested.out + tested.err
        (pack / "house_test.rego").write_text("package bulkhead.house_test\n\ntest_x if true\n")
        tested = w.run("policy", "test", w.path / "p", "--min-coverage", "1")
        assert tested.code == 2 and "coverage: 0.0 %" in tested.out, tested.out + tested.err
        assert "not reached: packs/house/house.rego: 3-4" in tested.out, tested.out
        (pack / "house_test.rego").unlink()
        tested = w.run("policy", "test", w.path / "p", "--coverage")
        assert "coverage: 0.0 %" in tested.out, tested.out + tested.err
        formatted = w.run("policy", "fmt", w.path / "p", "--check")
        assert formatted.code == 2 and formatted.out.strip().endswith("house.rego"), formatted.out
        assert w.run("policy", "fmt", w.path / "p").code == 0
        assert "\tinput.image.confg.User == \"root\"\n" in (pack / "house.rego").read_text()


BROKEN = {
    "policy.yaml": "version: 1\npacks:\n  - {id: nope}\n  - {id: x, mode: foo}\n  - {id: y, bar: 1}\n"
                   "mappings: [none]\nwaivers: [w.yaml, gone.yaml]\n",
    "w.yaml": "ignore:\n  - {id: CVE-1, expires: soon}\n  - {reason: none}\n",
    "data.json": "{",
    "packs/x/pack.yaml": "id: x\npackage: bulkhead.x\nrules:\n  - {id: X1, tilte: t}\n  - {id: X2, title: t, severity: dire}\n",
    "packs/x/x.rego": "package bulkhead.x\n\ndeny contains x if {\n",
    "packs/y/pack.yaml": "id: y\n  bad: [\n",
    "packs/z/z.rego": "package bulkhead.z\n\ndeny contains x if { x := }\n",
}


def test_check_tells_everything_that_keeps_a_policy_from_being_loaded():
    with Workspace() as w:
        support.unpack(w.path / "p", BROKEN)
        checked = w.run("policy", "check", w.path / "p")
        assert checked.code == 1 and "cannot be loaded: 13 errors" in checked.err, checked.out + checked.err
        places = [line.split(": error: ")[0] for line in checked.out.splitlines()]
        assert places == ["data.json:1:2", "packs/x/pack.yaml:4", "packs/x/pack.yaml:5", "packs/x/x.rego:4:1",
                          "packs/y/pack.yaml:2:6", "packs/z/z.rego:3:24", "policy.yaml:3", "policy.yaml:4",
                          "policy.yaml:5", "policy.yaml:6", "policy.yaml:7", "w.yaml:2", "w.yaml:3"], checked.out
        as_json = w.run("policy", "check", w.path / "p", "--format", "json")
        assert as_json.code == 1 and len(as_json.json()) == len(places), as_json.out
        assert all(e["kind"] == "error" and e["code"] == "not-loaded" for e in as_json.json())


def test_help_for_every_command_and_group():
    with Workspace() as w:
        for words in (("policy", "--help"), ("policy", "-h"), ("help", "policy"), ("policy", "help")):
            run = w.run(*words)
            assert run.code == 0 and "policy check" in run.out and "db build" not in run.out, (words, run.out)
        for words in (("help", "policy", "check"), ("policy", "check", "--help")):
            run = w.run(*words)
            assert run.code == 0 and "--strict" in run.out, (words, run.out)
        for words in (("policy",), ("policy", "chekc"), ("policy", "chekc", "--help")):
            run = w.run(*words)
            assert run.code == 64 and "policy check" in run.err and not run.out, (words, run.out)
        assert 'unknown command "policy chekc"' in run.err, run.err


# As `bulkhead ... | head -1` does it; also where a parent ignores SIGPIPE, as some runners do.
def test_a_reader_that_leaves_ends_quietly():
    with Workspace() as w:
        target = image(w.path / "image", "", gpl=False)
        (w.path / "p").mkdir()
        (w.path / "p/policy.yaml").write_text(RECORDING)
        for words in (("policy", "show", w.path / "p"), ("policy", "show"), ("policy", "check", w.path / "p"), ("--help",),
                      ("scan", target, "--scanners", "packages", "-o", "sarif=report.sarif", "-o", "-"),
                      ("policy", "input", target, "-q")):
            for ignored in (False, True):
                reads, writes = os.pipe()
                os.close(reads)
                done = subprocess.run([support.PROGRAM, *words], stdout=writes, stderr=subprocess.PIPE, env=w.env,
                                      cwd=w.path, restore_signals=not ignored, timeout=120)
                os.close(writes)
                assert done.returncode in (0, -signal.SIGPIPE) and not done.stderr, (words, done)
        assert not [p for p in w.path.iterdir() if "report.sarif" in p.name]


def test_what_ships_is_in_order():
    shipped = pathlib.Path(os.environ.get("BULKHEAD_SOURCE_DIR", ".")) / "data/policies"
    with Workspace() as w:
        checked = w.run("policy", "check", shipped.resolve())
        assert checked.code == 0, checked.out + checked.err
        formatted = w.run("policy", "fmt", "--check", shipped.resolve())
        assert formatted.code == 0, formatted.out
        for example in (shipped / "examples").resolve().iterdir():
            assert w.run("policy", "check", example).code == 0, example


# signed_policy/policy is signed by OPA (`opa sign -b . --claims-file`: key "ops", scope "release"); ops.pem is its key.
SIGNED = pathlib.Path(__file__).resolve().parent / "signed_policy"


def packed(folder, path):
    with tarfile.open(path, "w:gz") as archive:
        for file in sorted(p for p in folder.rglob("*") if p.is_file()):
            archive.add(file, "/" + str(file.relative_to(folder)))
    return path


def test_bundles_are_taken_only_with_a_good_signature():
    with Workspace() as w:
        target = image(w.path / "image", "0", gpl=False)
        key = ("--policy-key", SIGNED / "ops.pem", "--policy-key-scope", "release")

        def scan(policy, *flags):
            return w.run("scan", target, "--policy", policy, "-f", "json", "--scanners", "packages", *flags)

        for source in (SIGNED / "policy", packed(SIGNED / "policy", w.path / "bundle.tar.gz")):
            run = scan(source, *key, "--policy-key-id", "ops")
            identity = run.json()["policy"]["policy"]
            assert run.code == 2, run.err
            assert (identity["signature"], identity["signer"]) == ("verified", "key ops"), identity
            unverified = scan(source)
            assert unverified.code == 2 and "not verified" in unverified.err, unverified.err
            assert unverified.json()["policy"]["policy"]["signature"] == "unverified"
            assert w.run("policy", "check", source, *key).code == 0
            for flags, words in (
                    (("--policy-key", SIGNED / "other.pem", "--policy-key-scope", "release"), "not by the key"),
                    (("--policy-key", SIGNED / "ops.pem"), "scope 'release'"),
                    ((*key, "--policy-key-id", "dev"), "signed with the key 'ops'"),
                    ((*key, "--policy-key-algorithm", "ES256"), "uses RS256"),
                    (("--policy-key", w.path / "none.pem"), "No such file")):
                refused = scan(source, *flags)
                assert refused.code == 1 and words in refused.err and not refused.out, (flags, refused.code, refused.err)

        misused = scan(SIGNED / "policy", "--policy-key-scope", "release")
        assert misused.code == 64 and "--policy-key FILE" in misused.err, (misused.code, misused.err)

        changed = w.path / "changed"
        shutil.copytree(SIGNED / "policy", changed)
        with (changed / "policy.yaml").open("a") as file:
            file.write("on_error: warn\n")
        refused = scan(changed, *key)
        assert refused.code == 1 and "policy.yaml: was changed after signing" in refused.err, refused.err
        shutil.copy(SIGNED / "policy/policy.yaml", changed / "policy.yaml")
        assert scan(changed, *key).code == 2
        for hidden in (".more.rego", ".hidden/more.rego"):
            file = changed / hidden
            file.parent.mkdir(exist_ok=True)
            file.write_text("package bulkhead.more\n")
            refused = scan(changed, *key)
            assert refused.code == 1 and f"{hidden}: is not covered" in refused.err, (hidden, refused.err)
            file.unlink()

        # Of a bundle that is not theirs nothing is read.
        (changed / "policy.yaml").write_text("version: [")
        refused = scan(changed, "--policy-key", SIGNED / "other.pem", "--policy-key-scope", "release")
        assert refused.code == 1 and "not by the key" in refused.err, refused.err
        refused = scan(changed, *key)
        assert refused.code == 1 and "policy.yaml: was changed after signing" in refused.err, refused.err
        shutil.copy(SIGNED / "policy/policy.yaml", changed / "policy.yaml")
        (changed / "more.rego").write_text("package bulkhead.more\n")
        refused = scan(packed(changed, w.path / "more.tar.gz"), *key)
        assert refused.code == 1 and "more.rego: is not covered" in refused.err, refused.err
        (changed / ".signatures.json").unlink()
        refused = scan(changed, *key)
        assert refused.code == 1 and "not signed" in refused.err, refused.err


def test_pulled_bundles_are_signed_when_asked():
    with Workspace() as w:
        repository = Repository(w.path)
        files = {str(p.relative_to(SIGNED / "policy")): p.read_text() for p in (SIGNED / "policy").iterdir()}
        with Server(repository) as server:
            pull = ("policy", "pull", server.url, "--to", w.path / "policy", "--key", SIGNED / "ops.pem",
                    "--key-scope", "release")
            first = repository.commit(files)
            run = w.run(*pull)
            assert run.code == 0, run.err
            repository.commit({"more.rego": "package bulkhead.more\n"})
            refused = w.run(*pull)
            assert refused.code == 1 and "more.rego: is not covered" in refused.err, refused.err
            assert (w.path / "policy/current").resolve().name == first


def test_what_is_wrong_is_said():
    with Workspace() as w:
        target = image(w.path / "image", "1", gpl=False)
        for source, words in (("nothing", "No such file"), ("", "policy"), ("empty", "no pack in force")):
            (w.path / "empty").mkdir(exist_ok=True)
            run = w.run("scan", target, "--policy", source, "--scanners", "packages")
            assert run.code in (1, 64) and words.lower() in run.err.lower(), (source, run.code, run.err)


support.main(globals())
