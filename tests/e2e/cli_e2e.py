# SPDX-License-Identifier: Apache-2.0
"""The command line itself: completion, manual pages, help."""
import os
import signal
import subprocess
import time

import support
from policy_files import OBSERVING
from support import Workspace


def test_completion_scripts_are_valid():
    with Workspace() as w:
        script = w.run("completion", "bash")
        assert script.code == 0
        checked = subprocess.run(["bash", "-n"], input=script.out.encode(), capture_output=True)
        assert checked.returncode == 0, checked.stderr
        words = subprocess.run(["bash", "-c", script.out + "\nCOMP_WORDS=(bulkhead scan --fa) COMP_CWORD=2\n"
                                "_bulkhead\necho \"${COMPREPLY[@]}\""], capture_output=True, text=True)
        assert words.stdout.strip() == "--fail-on", words.stdout + words.stderr
        assert w.run("completion", "fish").code == 0
        assert w.run("completion", "cmd.exe").code == 64


def test_every_command_has_help_and_a_manual_page():
    with Workspace() as w:
        listed = [line.strip().split("  ")[0] for line in w.run("--help").out.splitlines() if line.startswith("  ")]
        assert {"scan", "sbom", "explain", "db update", "db build", "db status", "db verify"} <= set(listed), listed
        for name in listed:
            helped = w.run(*name.split(), "--help")
            assert helped.code == 0 and "Usage: bulkhead " + name in helped.out, name
            page = w.run("man", name.replace(" ", "-"))
            assert page.code == 0 and page.out.startswith(".TH"), name


def test_a_value_that_cannot_be_used_is_a_usage_error():
    with Workspace() as w:
        (w.path / "bom.json").write_text('{"bomFormat":"CycloneDX","specVersion":"1.6","components":[]}')
        (w.path / "t").write_text("x")
        for flags, said in {
            ("-f", "template"): "--template FILE",
            ("--template", "t"): "-f template",
            ("--template", "t", "-f", "json"): "-f template",
            ("--platform", "linux//"): "linux/arm64",
            ("--platform", ""): "--platform",
            ("--platform", "foo"): "linux/arm64",
            ("--severity", "bogus"): "critical",
            ("--sort", "bogus"): "severity",
            ("--fail-on", "bogus"): "kev",
            ("--scanners", "bogus"): "packages",
            ("--stage", "bogus"): "admission",
            ("--at", "yesterday"): "RFC 3339",
            ("-f", "bogus"): "cyclonedx",
            ("-o", "bogus=x"): "cyclonedx",
            ("-o", "json=x", "-o", "sarif=./x"): "different files",
            ("-o", "json="): "no file",
            ("-f", "json", "-o", "sarif=-"): "standard output",
            ("--files",): "cyclonedx",
        }.items():
            done = w.run("scan", "sbom:bom.json", *flags)
            assert done.code == 64 and said in done.err, (flags, done.code, done.err)
        sarif = w.run("sbom", "sbom:bom.json", "-f", "sarif")
        assert sarif.code == 64 and "bulkhead scan writes it" in sarif.err, sarif.err
        assert not (w.path / "x").exists()
        for words, said in {
            ("db", "build", "--from", ".", "--feed-date", "soon"): "--feed-date",
            ("db", "build", "--from", ".", "--at", "soon"): "--at",
            ("policy", "test", "--at", "soon"): "--at",
            ("policy", "test", "--min-coverage", "much"): "0 to 100",
            ("policy", "pull", "https://git.example.org/x"): "--to DIR",
            ("policy", "pull", "https://git.example.org/x", "--to", "p", "--interval", "0"): "86400",
        }.items():
            done = w.run(*words)
            assert done.code == 64 and said in done.err, (words, done.code, done.err)
        assert w.run("scan", "sbom:bom.json", "--template", "t", "-o", "template=y").code == 0
        assert w.run("scan", "sbom:bom.json", "-f", "json", "-o", "sarif=/dev/null", "-o", "csv=/dev/null").code == 0


def test_output_that_is_lost_is_a_failure():
    with Workspace() as w:
        w.database()
        for words in (("--help",), ("--version",), ("scan", "--help"), ("man", "scan"), ("completion", "bash"),
                      ("db", "status", "--db", "advisories.db"), ("db", "status", "--db", "advisories.db", "-f", "json"),
                      ("db", "verify", "--db", "advisories.db"), ("policy", "input", "repo:mirror"),
                      ("scan", "repo:mirror", "--db", "advisories.db")):
            with open("/dev/full", "w") as full:
                done = subprocess.run([support.PROGRAM, *words], stdout=full, stderr=subprocess.PIPE, text=True,
                                      env=w.env, cwd=w.path)
            assert done.returncode == 1 and "standard output" in done.stderr, (words, done)
            assert w.run(*words).code == 0, words


def test_a_second_value_is_refused_where_one_is_taken():
    with Workspace() as w:
        (w.path / "bom.json").write_text('{"bomFormat":"CycloneDX","specVersion":"1.6","components":[]}')
        for words, said in {
            ("scan", "sbom:bom.json", "--policy", "a", "--policy", "b"): "--policy is given 2 times",
            ("scan", "sbom:bom.json", "-f", "json", "--format=json"): "--format is given 2 times",
            ("scan", "--db", "a", "sbom:bom.json", "--db", "b", "--db", "c"): "--db is given 3 times",
            ("db", "status", "-f", "json", "-f", "text"): "--format is given 2 times",
        }.items():
            done = w.run(*words)
            assert done.code == 64 and said in done.err and not done.out, (words, done.code, done.err)
        lists = w.run("scan", "sbom:bom.json", "--severity", "low", "-s", "high", "--skip-dirs", "a", "--skip-dirs", "b",
                      "--quiet", "--quiet")
        assert lists.code == 0, lists.err


def test_a_time_that_no_document_can_hold_is_refused():
    with Workspace() as w:
        (w.path / "bom.json").write_text('{"bomFormat":"CycloneDX","specVersion":"1.6","components":[]}')
        for epoch in ("99999999999999999", "253402300800", "-1", "1e3", "soon"):
            done = w.run("scan", "sbom:bom.json", env={"SOURCE_DATE_EPOCH": epoch})
            assert done.code == 64 and "SOURCE_DATE_EPOCH" in done.err, (epoch, done.code, done.err)
        last = w.run("scan", "sbom:bom.json", "-f", "json", env={"SOURCE_DATE_EPOCH": "253402300799"})
        assert last.json()["created"] == "9999-12-31T23:59:59Z", last.out


def test_a_scan_needs_no_home():
    with Workspace() as w:
        lock = '{"lockfileVersion": 3, "packages": {"node_modules/left-shift": {"version": "1.9.0"}}}'
        (w.path / "package-lock.json").write_text(lock)
        w.database()
        for name in ("HOME", "XDG_CACHE_HOME"):
            del w.env[name]
        done = w.run("scan", "package-lock.json", "-f", "json")
        assert done.code == 0 and "starter list" in done.err and done.json()["packages"], (done.code, done.err)
        done = w.run("scan", "package-lock.json", "--no-cache", "--db", "advisories.db", "-f", "json")
        assert done.code == 0 and done.json()["findings"] and "HOME" not in done.err, (done.code, done.err)
        update = w.run("db", "update")
        assert update.code == 1 and "set HOME or XDG_CACHE_HOME" in update.err, update.err


def opened_by(process):
    for fd in os.scandir(f"/proc/{process}/fd"):
        try:
            yield os.readlink(fd.path)
        except FileNotFoundError:
            pass  # closed since


def interrupted(w, number, *flags):
    """Ends a scan that waits for its input, when it has opened its files."""
    with subprocess.Popen([support.PROGRAM, "scan", "-", *flags], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, env=w.env, cwd=w.path) as scan:
        deadline = time.monotonic() + 60
        while not any(path.startswith(str(w.path)) for path in opened_by(scan.pid)):
            assert scan.poll() is None and time.monotonic() < deadline, "no file was opened"
            time.sleep(0.02)
        scan.send_signal(number)
        assert scan.wait(60) == -number


def test_an_interrupted_scan_leaves_nothing():
    with Workspace() as w:
        try:
            os.close(os.open(w.path, os.O_TMPFILE | os.O_RDWR))
        except OSError:
            return  # a file system that has no files without a name
        (w.path / "old.json").write_text("old")
        (w.path / "kept").mkdir()
        (w.path / "acme").mkdir()
        (w.path / "acme" / "policy.yaml").write_text(OBSERVING)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL):
            interrupted(w, number, "-o", "json=part.json", "-o", "sarif=old.json")
            interrupted(w, number, "--policy", "acme", "--decisions", "kept")
            assert sorted(os.listdir(w.path)) == ["acme", "kept", "old.json"], (number, os.listdir(w.path))
            assert not os.listdir(w.path / "kept") and (w.path / "old.json").read_text() == "old", number


def test_words_of_flags_are_understood_in_any_case():
    with Workspace() as w:
        w.database()
        lock = '{"lockfileVersion": 3, "packages": {"node_modules/left-shift": {"version": "1.9.0"}}}'
        (w.path / "package-lock.json").write_text(lock)
        for level in ("any", "ANY", "High"):
            done = w.run("scan", "package-lock.json", "--db", "advisories.db", "--fail-on", level, "--stage", "BUILD")
            assert done.code == 2, (level, done.code, done.err)


support.main(globals())
