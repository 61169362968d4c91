#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The share of OPA's own test suite that our engine passes.

  bench/opa_suite.py [--list] [--folder NAME] PROBE PEER SUITE

PROBE is policy_probe, PEER is opa-peer, SUITE the folder v1/test/cases/testdata of OPA's Go module.
"""
import argparse
import collections
import json
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests/peers"))
from compare import same


def ordered(value):
    """With every list sorted, for cases that promise no order."""
    if isinstance(value, list):
        return sorted((ordered(v) for v in value), key=lambda v: json.dumps(v, sort_keys=True))
    if isinstance(value, dict):
        return {k: ordered(v) for k, v in value.items()}
    return value


SIMPLE = re.compile(r"^(data(?:\.[A-Za-z_]\w*)*) = ([A-Za-z_]\w*)$")


def question(case, v0):
    """The query as our engine takes it, a module that it needs, and how its value becomes rows of bindings."""
    simple = SIMPLE.match(case["query"])
    if simple:
        name = simple.group(2)
        return simple.group(1), [], lambda value: [{name: value}] if value is not None else []
    names = sorted({name for row in case["want"]["rows"] for name in row}) or ["x"]
    if case["want"].get("error") or case["want"].get("defined") is not None:
        names = [n for n in names if re.search(rf"\b{n}\b", case["query"])]
    row = ", ".join(f'"{n}": {n}' for n in names)
    # As a rule, since only modules are made ready for our builtins.
    rule = f'package opa_suite_query\nanswer := [{{{row}}} | {case["query"]}]\n'
    module = {"path": "query.rego", "text": rule, "v0": v0}
    return "data.opa_suite_query.answer", [module], lambda value: value[0] if value else []


def verdict(case, answer, rows_of):
    """None when the case passes, else why not."""
    want = case["want"]
    if want.get("error"):
        return None if "error" in answer else f'no error, wanted {want["error"]}'
    if "error" in answer:
        return answer["error"]
    rows = rows_of([answer["value"]] if "value" in answer else None)
    if isinstance(rows, list) and rows and SIMPLE.match(case["query"]):
        rows = [{k: v[0] for k, v in row.items()} for row in rows]
    if want.get("defined") is not None:
        return None if bool(rows) == want["defined"] else f"defined: {bool(rows)}"
    wanted = want["rows"]
    if want.get("sort"):
        rows, wanted = ordered(rows), ordered(wanted)
    if same(rows, wanted) or same(ordered(rows), ordered(wanted)) and len(wanted) > 1:
        return None
    return f"got {json.dumps(rows)[:300]} wanted {json.dumps(wanted)[:300]}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--list", action="store_true", help="name every case that fails")
    parser.add_argument("--folder")
    parser.add_argument("probe")
    parser.add_argument("peer")
    parser.add_argument("suite")
    options = parser.parse_args()
    for version in ("v1", "v0"):
        listed = subprocess.run([options.peer, "suite", pathlib.Path(options.suite) / version, version],
                                stdout=subprocess.PIPE, check=True, text=True)
        cases = [json.loads(line) for line in listed.stdout.splitlines()]
        if options.folder:
            cases = [c for c in cases if c["id"].startswith(options.folder + "/")]
        questions = [question(c, version == "v0") for c in cases]
        lines = "".join(json.dumps({**c, "query": q, "modules": (c["modules"] or []) + more}) + "\n"
                        for c, (q, more, _) in zip(cases, questions))
        run = subprocess.run([options.probe], input=lines, stdout=subprocess.PIPE, check=True, text=True)
        answers = [json.loads(line) for line in run.stdout.splitlines()]
        passed, failed = collections.Counter(), collections.Counter()
        for case, answer, (_, _, rows_of) in zip(cases, answers, questions):
            folder = case["id"].split("/")[0]
            why = verdict(case, answer, rows_of)
            (failed if why else passed)[folder] += 1
            if why and options.list:
                print(f'{version} {case["id"]}: {why}')
        total = len(cases)
        print(f"{version}: {sum(passed.values())} of {total} cases of OPA's suite pass "
              f"({100 * sum(passed.values()) / max(total, 1):.1f} %)")
        worst = ", ".join(f"{name} {count} of {count + passed[name]}" for name, count in failed.most_common())
        print(f"  failing: {worst or 'none'}")


main()
