# SPDX-License-Identifier: Apache-2.0
"""Runs a command several times: wall and CPU seconds, and the peak of the summed PSS of its process tree.

Summed PSS counts a page that two processes share once; sampled every 5 ms.
"""
import os
import statistics
import subprocess
import time


def _tree(pid):
    pids = [pid]
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/children") as children:
                for child in children.read().split():
                    pids += _tree(int(child))
    except OSError:
        pass
    return pids


def _pss_kib(pid):
    try:
        with open(f"/proc/{pid}/smaps_rollup") as rollup:
            for line in rollup:
                if line.startswith("Pss:"):
                    return int(line.split()[1])
    except OSError:
        pass
    return 0


def run_once(command, env=None, cwd=None):
    before = os.times()
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                               env={**os.environ, **(env or {})}, cwd=cwd)
    os.set_blocking(process.stderr.fileno(), False)
    peak, errors = 0, b""
    while process.poll() is None:
        peak = max(peak, sum(map(_pss_kib, _tree(process.pid))))
        errors += process.stderr.read() or b""
        time.sleep(0.005)
    wall = time.monotonic() - start
    after = os.times()
    errors += process.stderr.read() or b""
    if process.returncode not in (0, 2):
        raise RuntimeError(f"{command}: exit {process.returncode}\n{errors.decode()[-2000:]}")
    cpu = after.children_user - before.children_user + after.children_system - before.children_system
    return wall, cpu, peak / 1024


def measure(command, runs=5, env=None, prepare=None):
    """Median and spread of each figure."""
    rows = []
    for number in range(runs + 1):
        if prepare:
            prepare()
        row = run_once(command, env)
        if number:  # the first one warms the page cache
            rows.append(row)
    return [(statistics.median(column), min(column), max(column)) for column in zip(*rows)]


def table(title, rows):
    """rows: (name, measure() result); the first one is ours."""
    print(f"\n{title}")
    print(f"{'':28} {'wall s':>20} {'CPU s':>20} {'peak PSS MB':>20}   ratio (wall, memory)")
    ours = rows[0][1]
    for name, figures in rows:
        cells = " ".join(f"{m:8.2f} ({low:.2f}-{high:.2f})".rjust(20) for m, low, high in figures)
        ratio = f"{figures[0][0] / ours[0][0]:.1f}x, {figures[2][0] / max(ours[2][0], 0.1):.1f}x"
        print(f"{name:28} {cells}   {ratio}")
