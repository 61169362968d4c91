# SPDX-License-Identifier: Apache-2.0
"""Runs cases through our engine and through OPA, and tells which values differ."""
import fnmatch
import json
import pathlib
import subprocess

KNOWN = pathlib.Path(__file__).with_name("known.txt")


def same(a, b):
    """Equal as JSON; numbers by value, so that 1 and 1.0 are the same."""
    if isinstance(a, bool) or isinstance(b, bool) or a is None or b is None:
        return a is b
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        return a == b or (isinstance(a, float) or isinstance(b, float)) and \
            abs(a - b) <= 1e-15 * max(abs(a), abs(b))
    if type(a) is not type(b):
        return False
    if isinstance(a, list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    return a == b


def answers(command, cases):
    lines = "".join(json.dumps(c) + "\n" for c in cases)
    run = subprocess.run(command, input=lines, stdout=subprocess.PIPE, check=True, text=True)
    out = [json.loads(line) for line in run.stdout.splitlines()]
    assert len(out) == len(cases), f"{command[0]}: {len(out)} answers to {len(cases)} cases"
    return out


def short(value):
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 200 else text[:200] + "..."


def differences(case, ours, opas):
    """Pairs of (part, what differs); a part is a rule of the package that the query names, or "-"."""
    if "error" in ours and "error" in opas:
        return  # both refuse; how they say it is their own affair
    if "error" in ours or "error" in opas:
        yield "-", f'ours: {ours.get("error") or short(ours.get("value"))} | OPA: {opas.get("error") or short(opas.get("value"))}'
        return
    mine, theirs = ours.get("value"), opas.get("value")
    if isinstance(mine, dict) and isinstance(theirs, dict):
        for part in sorted(mine.keys() | theirs.keys()):
            if part not in mine or part not in theirs or not same(mine[part], theirs[part]):
                yield part, f"ours: {short(mine.get(part, 'undefined'))} | OPA: {short(theirs.get(part, 'undefined'))}"
    elif ("value" in ours) != ("value" in opas) or not same(mine, theirs):
        yield "-", f"ours: {short(ours)} | OPA: {short(opas)}"


class Known:
    """Differences that are known: lines `CASE PART REASON`, both with * as in file names."""

    def __init__(self):
        lines = [line.split(None, 2) for line in KNOWN.read_text().splitlines() if line and not line.startswith("#")]
        self.entries = [(case, part, reason) for case, part, reason in lines]
        self.seen = set()

    def covers(self, case, part):
        for entry in self.entries:
            if fnmatch.fnmatchcase(case, entry[0]) and fnmatch.fnmatchcase(part, entry[1]):
                self.seen.add(entry)
                return True
        return False

    def gone(self):
        return [entry for entry in self.entries if entry not in self.seen]


class Tally:
    def __init__(self, probe, peer):
        self.probe, self.peer, self.known = probe, peer, Known()
        self.passed = self.failed = self.excused = 0

    def run(self, title, cases, refusals=False):
        """Compares all cases; gives OPA's answers for further checks. Unless OPA may refuse cases, it is an error to have
        one that compares nothing."""
        opas = answers([self.peer, "eval"], cases)
        before = self.failed
        for case, mine, theirs in zip(cases, answers([self.probe], cases), opas):
            bad = [d for d in differences(case, mine, theirs) if not self.excuse(case["id"], d[0])]
            if "error" in theirs and not refusals:
                bad.append(("-", "compares nothing: " + theirs["error"].replace("\n", " ")[:300]))
            for part, what in bad:
                print(f'FAIL {case["id"]} {part}: {what}')
            self.failed += bool(bad)
            self.passed += not bad
        print(f"{title}: {len(cases)} cases, {self.failed - before} differ")
        return opas

    def excuse(self, case, part):
        known = self.known.covers(case, part)
        self.excused += known
        return known

    def check(self, good, message):
        self.passed += bool(good)
        self.failed += not good
        if not good:
            print("FAIL " + message)

    def finish(self):
        for case, part, _ in self.known.gone():
            self.check(False, f"known.txt: {case} {part} is the same now; take the line out")
        print(f"{self.excused} known differences (tests/peers/known.txt)")
        print(f"{self.passed} passed, {self.failed} failed")
        return self.failed == 0
