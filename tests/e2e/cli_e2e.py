# SPDX-License-Identifier: Apache-2.0
"""The command line itself: completion, manual pages, help."""
import subprocess

import support
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


support.main(globals())
