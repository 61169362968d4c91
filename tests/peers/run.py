#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the policy engine with OPA, value by value.

  tests/peers/run.py PROBE PEER [--only TITLE]

Three sets: the tests of the shipped packs, the shipped packs over documents of real scans, and a corpus that is
generated (corpus_*.py; the same at every run). Differences that are known stand in known.txt.
"""
import argparse
import json
import pathlib
import random
import re
import subprocess
import sys

import compare
import corpus_builtins
import corpus_certificates
import corpus_language

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SEED = "bulkhead 1"


def package_of(module):
    return re.search(r"^package\s+(\S+)", module["text"], re.M).group(1)


def pack_tests(tally, policies):
    """All test_* rules of the shipped packs hold, for OPA and for us."""
    tests = {}
    for module in policies["modules"]:
        for name in re.findall(r"^(test_\w+)\b", module["text"], re.M):
            tests.setdefault(package_of(module), set()).add(name)
    cases = [{"id": f"tests/{package}", "modules": policies["modules"], "data": policies["data"],
              "query": f"data.{package}"} for package in sorted(tests)]
    answers = tally.run("tests of the shipped packs", cases)
    for package, answer in zip(sorted(tests), answers):
        value = answer.get("value") or {}
        for name in sorted(tests[package]):
            tally.check(value.get(name) is True, f"OPA: data.{package}.{name} does not hold")


def packs_over_documents(tally, policies):
    """deny and warn of every pack, for documents that scans have written."""
    modules = [m for m in policies["modules"] if not m["path"].endswith("_test.rego")]
    packages = {package_of(m) for m in modules if m["path"].startswith("packs/")}
    cases = [{"id": f"documents/{path.stem}/{package}.{level}", "modules": modules, "data": policies["data"],
              "input": path.read_text(), "query": f"data.{package}.{level}"}
             for path in sorted((HERE / "documents").glob("*.json"))
             for package in sorted(packages) for level in ("deny", "warn")]
    answers = tally.run("shipped packs over documents", cases)
    tally.check(any(answer.get("value") for answer in answers), "no document breaks any rule")


def generated(tally, policies):
    def rng_of(name):
        return random.Random(f"{SEED} {name}")
    tally.run("generated: builtins", list(corpus_builtins.cases(rng_of)))
    tally.run("generated: certificates", corpus_certificates.cases())
    tally.run("generated: language", list(corpus_language.cases(rng_of)))


SETS = {"tests": pack_tests, "documents": packs_over_documents, "generated": generated}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("probe")
    parser.add_argument("peer")
    parser.add_argument("--only", choices=SETS)
    options = parser.parse_args()
    listed = subprocess.run([options.peer, "policies", ROOT / "data/policies"], stdout=subprocess.PIPE, check=True, text=True)
    policies = json.loads(listed.stdout)
    tally = compare.Tally(options.probe, options.peer)
    for name, run in SETS.items():
        if options.only in (None, name):
            run(tally, policies)
    if options.only:
        tally.known.entries = [entry for entry in tally.known.entries if entry in tally.known.seen]
    return 0 if tally.finish() else 1


sys.exit(main())
