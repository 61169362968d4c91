# SPDX-License-Identifier: Apache-2.0
"""Runs a command several times: wall and CPU seconds, and in runs of their own the peak of the summed PSS of its process
tree. Summed PSS counts a page that two processes share once; sampled every 5 ms.
"""
import os
import statistics
import subprocess
import tempfile
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


def _check(command, status, errors):
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, 2):
        errors.seek(0)
        raise RuntimeError(f"{command}: exit {code}\n{errors.read().decode()[-2000:]}")


def _start(command, errors, env, cwd):
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors, env={**os.environ, **(env or {})}, cwd=cwd)


def timed(command, env=None, cwd=None):
    """(wall, CPU) seconds of one run that nobody watches: looking at its memory takes time of its own."""
    with tempfile.TemporaryFile() as errors:
        start = time.monotonic()
        process = _start(command, errors, env, cwd)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        _check(command, status, errors)
    return wall, usage.ru_utime + usage.ru_stime


def peak_memory(command, env=None, cwd=None):
    """The peak of one run, in MiB."""
    with tempfile.TemporaryFile() as errors:
        process = _start(command, errors, env, cwd)
        peak = 0
        while True:
            pid, status = os.waitpid(process.pid, os.WNOHANG)
            if pid:
                break
            peak = max(peak, sum(map(_pss_kib, _tree(process.pid))))
            time.sleep(0.005)
        process.returncode = os.waitstatus_to_exitcode(status)
        _check(command, status, errors)
    return peak / 1024


def measure(command, runs=5, env=None, prepare=None):
    """Median and spread of each figure."""
    rows = []
    for number in range(runs + 1):
        if prepare:
            prepare()
        memory = peak_memory(command, env)  # the first one warms the page cache
        if prepare:
            prepare()
        row = (*timed(command, env), memory)
        if number:
            rows.append(row)
    return [(statistics.median(column), min(column), max(column)) for column in zip(*rows)]


def table(title, rows):
    """rows: (name, measure() result); the first one is ours."""
    print(f"\n{title}")
    print(f"{'':28} {'wall s':>20} {'CPU s':>20} {'peak PSS MB':>20}   ratio (wall, memory)")
    ours = rows[0][1]
    for name, figures in rows:
        cells = " ".join(f"{m:8.{d}f} ({low:.{d}f}-{high:.{d}f})".rjust(20) for d, (m, low, high) in zip((3, 3, 1), figures))
        ratio = f"{figures[0][0] / ours[0][0]:.1f}x, {figures[2][0] / max(ours[2][0], 0.1):.1f}x"
        print(f"{name:28} {cells}   {ratio}")
