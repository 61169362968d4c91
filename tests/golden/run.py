#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Command lines and what a person sees of them.

Each folder here is one case: `cmd` is the command line, `output` what it must give (exit code, standard
output, standard error), anything else is copied into the folder it runs in (workspace.py says what is
there already). BULKHEAD_REWRITE_GOLDEN=1 writes `output`; read the difference before you commit it.

  tests/golden/run.py PROGRAM [CASE...]
"""
import difflib
import os
import pathlib
import re
import shlex
import shutil
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))
import support
import workspace


def run_case(case, w, names):
    """The transcript of one case."""
    before = set(w.path.iterdir())
    for extra in case.iterdir():
        if extra.name not in ("cmd", "output"):
            copy = shutil.copytree if extra.is_dir() else shutil.copy
            copy(extra, w.path / extra.name)
    words = shlex.split((case / "cmd").read_text())
    assert words[0] == "bulkhead", f"{case.name}: a command line begins with bulkhead"
    done = w.run(*words[1:], timeout=120)
    text = f"exit {done.code}\n"
    for title, stream in (("standard output", done.out), ("standard error", done.err)):
        if stream:
            text += f"---- {title}\n{stream}"
            text += "" if stream.endswith("\n") else "\n(no line end)\n"
    for path in set(w.path.iterdir()) - before:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    for real, name in names:
        text = text.replace(real, name)
    # A policy's digest covers the packs that ship, a verdict's the engine.
    text = re.sub(r"(POLICY  .* \(|  verdict: .* )sha256:[0-9a-f]{12}", r"\1sha256:DIGEST", text)
    return re.sub(r"(\d+\.\d) MB", "N MB", text)


def main():
    rewrite = os.environ.get("BULKHEAD_REWRITE_GOLDEN") is not None
    chosen = sys.argv[2:]
    cases = [p.parent for p in sorted(HERE.glob("*/cmd")) if not chosen or p.parent.name in chosen]
    failed = 0
    with support.Workspace() as w:
        w.env.update(COLUMNS="100", LC_ALL="C.UTF-8", TZ="UTC")
        workspace.make(w.path, w.run)
        # What changes with every release, every version of a compressor or every run.
        status = w.run("db", "status", "--db", "advisories.db", "-f", "json").json()
        version = w.run("--version").out.split()[1]
        names = [(status["digest"], "sha256:DATABASE"), (f'"version": "{version}"', '"version": "VERSION"'),
                 (f'bulkhead-{version}', 'bulkhead-VERSION'), (str(w.path), "WORKSPACE")]
        for case in cases:
            got = run_case(case, w, names)
            path = case / "output"
            want = path.read_bytes().decode() if path.exists() else ""  # CSV ends lines with CR LF
            if got == want:
                continue
            if rewrite:
                path.write_bytes(got.encode())
                print("written", case.name)
                continue
            failed += 1
            print("FAIL", case.name)
            print("".join(difflib.unified_diff(want.splitlines(True), got.splitlines(True), "expected", "got")))
    assert cases, "no cases"
    print(f"{len(cases) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


main()
