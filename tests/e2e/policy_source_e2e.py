# SPDX-License-Identifier: Apache-2.0
"""Where a policy comes from: links in directories and repositories, SSH, and what a pull keeps in force."""
import json
import shutil
import subprocess

import support
import git_server
import ssh_server
from git_server import Repository
from policy_files import ENFORCING, OBSERVING, RULE, SIGNED, image
from support import Workspace

KEY = ("--policy-key", SIGNED / "ops.pem", "--policy-key-scope", "release")


def check(w, source, *flags):
    return w.run("policy", "check", source, *flags)


def refused(run, *words):
    assert run.code == 1 and not run.out, (run.code, run.out, run.err)
    for each in words:
        assert each in run.err, run.err


def test_links_inside_of_a_directory_are_followed():
    with Workspace() as w:
        target = image(w.path / "image", "0")
        policy = w.path / "policy"
        (policy / "packs/house").mkdir(parents=True)
        (policy / "packs/house/real.txt").write_text(RULE)
        (policy / "packs/house/r.rego").symlink_to("real.txt")
        assert w.run("scan", target, "--policy", policy, "--scanners", "packages").code == 2

        # As Kubernetes mounts a ConfigMap, also one whose items have paths.
        mounted = w.path / "mounted"
        support.unpack(mounted / "..2026_01_02", {"policy.yaml": OBSERVING, "packs/house/r.rego": RULE})
        (mounted / "..data").symlink_to("..2026_01_02")
        (mounted / "policy.yaml").symlink_to("..data/policy.yaml")
        (mounted / "packs").symlink_to("..data/packs")
        shown = w.run("policy", "show", mounted)
        assert shown.code == 0 and "pack image-hygiene" in shown.out, shown.err
        (mounted / "policy.yaml").unlink()
        assert w.run("scan", target, "--policy", mounted, "--scanners", "packages").code == 2

        # And one that is signed.
        shutil.copytree(SIGNED / "policy", w.path / "signed/..2026_01_02")
        (w.path / "signed/..data").symlink_to("..2026_01_02")
        for file in (SIGNED / "policy").iterdir():
            (w.path / "signed" / file.name).symlink_to("..data/" + file.name)
        run = check(w, w.path / "signed", *KEY)
        assert run.code == 0, run.err


def test_links_that_cannot_be_followed_are_refused():
    with Workspace() as w:
        policy = w.path / "policy"
        support.unpack(w.path / "outside", {"r.rego": RULE})
        support.unpack(policy, {"policy.yaml": OBSERVING, "packs/README.md": "text"})
        (policy / "LICENSE").symlink_to("/usr/share/common-licenses/GPL-3")
        assert check(w, policy).code == 0
        link = policy / "packs/link.rego"
        for target, why in (("../../outside/r.rego", "leads out of"), (w.path / "outside/r.rego", "leads out of"),
                            ("nothing.rego", "leads nowhere"), ("link.rego", "leads nowhere")):
            link.symlink_to(target)
            refused(check(w, policy), "policy/packs/link.rego is a symbolic link that " + why)
            link.unlink()
        (policy / "packs/house").symlink_to(w.path / "outside")
        refused(check(w, policy), "policy/packs/house is a symbolic link that leads out of")
        (policy / "packs/house").unlink()
        (policy / "packs/house").symlink_to("..")
        refused(check(w, policy), "is a link to a directory that it stands in")
        (policy / "packs/house").unlink()

        # Few links, very many paths.
        for level in range(20):
            (policy / f"d{level}").mkdir()
            for name in "ab":
                (policy / f"d{level}" / name).symlink_to(f"../d{level + 1}")
        (policy / "d20").mkdir()
        refused(check(w, policy), "links lead to more than 1000 directories")


def test_names_that_would_be_passed_over_are_refused():
    with Workspace() as w:
        support.unpack(w.path / "policy", {"policy.yaml": OBSERVING, "packs/house/R.REGO": RULE})
        refused(check(w, w.path / "policy"), "packs/house/R.REGO: only names that end in .rego in lower case are read")
        repository = Repository(w.path)
        repository.commit({"policy.yaml": OBSERVING, "data.JSON": "{}"})
        refused(check(w, f"file://{repository.bare}"), "data.JSON: only names that end in .json in lower case are read")


def test_a_link_is_covered_by_a_signature():
    with Workspace() as w:
        policy = w.path / "policy"
        shutil.copytree(SIGNED / "policy", policy)
        assert check(w, policy, *KEY).code == 0
        (policy / "more").symlink_to("policy.yaml")
        uncovered = check(w, policy, *KEY)
        assert uncovered.code == 1 and "more: error: is not covered" in uncovered.out, uncovered.out
        (policy / "more").unlink()
        (policy / "more").symlink_to("/etc/passwd")
        refused(check(w, policy, *KEY), "policy/more is a symbolic link")


def test_links_of_a_repository_are_refused_where_they_count():
    with Workspace() as w:
        target = image(w.path / "image", "0")
        repository = Repository(w.path)
        url = f"file://{repository.bare}"
        (repository.work / "docs").mkdir()
        (repository.work / "docs/guide").symlink_to("../policy.yaml")
        first = repository.commit({"policy.yaml": OBSERVING})
        pull = ("policy", "pull", url, "--to", w.path / "kept")
        assert w.run(*pull).code == 0
        (repository.work / "packs/house").mkdir(parents=True)
        for name, to in (("packs/house/r.rego", "real.txt"), ("packs/more", "house"), ("packs/more", "../../shared")):
            link = repository.work / name
            link.symlink_to(to)
            commit = repository.commit({"packs/house/real.txt": RULE})
            words = (commit, f"{name} is a symbolic link to {to}", "are not followed")
            refused(w.run("scan", target, "--policy", url, "--scanners", "packages"), *words)
            refused(w.run(*pull), *words)
            assert (w.path / "kept/current").resolve().name == first
            link.unlink()


def test_repositories_are_reached_over_ssh():
    if not ssh_server.usable():
        print("needs sshd, and root")
        return
    with Workspace() as w, ssh_server.SshServer(w.path) as server:
        w.env.pop("SSH_AUTH_SOCK", None)
        target = image(w.path / "image", "0")
        repository = Repository(w.path)
        commit = repository.commit({"policy.yaml": OBSERVING})
        url = server.url(repository.bare)
        pull = ("policy", "pull", url, "--to", w.path / "kept", "--known-hosts", server.known_hosts)
        refused(w.run(*pull), "needs a key file or the agent")
        stranger = ssh_server.make_key(w.path / "stranger")
        refused(w.run(*pull, "--ssh-key", stranger), "was not accepted")
        refused(w.run(*pull[:-2], "--ssh-key", server.user), "which is not in ")
        run = w.run(*pull, "--ssh-key", server.user)
        assert run.code == 0 and (w.path / "kept/current").resolve().name == commit, run.err

        flags = ("--policy-known-hosts", server.known_hosts)
        run = w.run("scan", target, "--policy", url, *flags, "--policy-ssh-key", server.user, "-f", "json",
                    "--scanners", "packages")
        assert run.code == 0 and run.json()["policy"]["policy"]["commit"] == commit, run.err
        with ssh_server.Agent(w.path, server.user) as agent:
            for command in ("check", "show", "test"):
                run = w.run("policy", command, url, *flags, env=agent.environment)
                assert run.code in (0, 2), (command, run.err)
            second = repository.commit({"more.yaml": "{}"})
            assert w.run(*pull, env=agent.environment).code == 0
            assert (w.path / "kept/current").resolve().name == second
        misused = w.run("scan", target, "--policy", w.path / "kept", *flags)
        assert misused.code == 64 and "--policy-known-hosts is for repositories" in misused.err, misused.err


def test_revoked_keys_and_openpgp_keys_count():
    with Workspace() as w:
        repository = Repository(w.path)
        url = f"file://{repository.bare}"
        keys = {name: ssh_server.make_key(w.path / name) for name in ("ann", "bob")}
        signers, revoked = w.path / "signers", w.path / "revoked"
        signers.write_text("".join(f"{n}@example.org {k.with_suffix('.pub').read_text()}" for n, k in keys.items()))
        revoked.write_text(keys["bob"].with_suffix(".pub").read_text())
        pull = ("policy", "pull", url, "--to", w.path / "kept", "--signers", signers)
        refused(w.run(*pull[:-2], "--revoked", revoked), "--policy-revoked takes keys from those of")
        repository.commit({"policy.yaml": OBSERVING}, sign=keys["bob"])
        refused(w.run(*pull, "--revoked", revoked), "is revoked")
        assert w.run(*pull).code == 0

        if not shutil.which("gpg"):
            return
        home = w.path / "gnupg"
        home.mkdir(mode=0o700)
        gpg = ("gpg", "--homedir", home, "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", "")
        subprocess.run([*gpg, "--quick-generate-key", "Gil <gil@example.org>", "ed25519", "sign"], check=True,
                       capture_output=True)
        keyring = w.path / "keyring"
        keyring.write_bytes(subprocess.run([*gpg, "--export"], check=True, capture_output=True).stdout)
        by_gil = ("policy", "pull", url, "--to", w.path / "by-gil", "--gpg-keyring", keyring)
        refused(w.run(*by_gil), "refused")
        git_server.QUIET["GNUPGHOME"] = str(home)
        commit = repository.commit({"more.yaml": "{}"}, sign="gil@example.org", form="openpgp")
        run = w.run(*by_gil)
        assert run.code == 0 and f"{commit} by Ann Example <ann@example.org>, signed by Gil" in run.out, run.err
        refused(w.run(*by_gil[:-1], w.path / "none"), "--policy-gpg-keyring")
        subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], check=False)


BROKEN = "version: 1\npacks: [{id: nope}]\n"


def rewind(repository, commit):
    git_server.git("reset", "-q", "--hard", commit, cwd=repository.work)
    git_server.git("push", "-q", "-f", "origin", "main", cwd=repository.work)


def test_a_refused_commit_stays_told_and_is_not_the_one_to_descend_from():
    with Workspace() as w:
        repository = Repository(w.path)
        good = repository.commit({"policy.yaml": OBSERVING})
        kept = w.path / "kept"
        pull = ("policy", "pull", f"file://{repository.bare}", "--to", kept)

        def status():
            return json.loads((kept / "status.json").read_text())

        assert w.run(*pull).code == 0
        broken = repository.commit({"policy.yaml": BROKEN})
        watcher = subprocess.Popen([support.PROGRAM, *pull, "--watch", "--interval", "1"], env=w.env,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            assert support.wait_for(lambda: not status()["ok"])
            first = status()
            # Over several looks at the same commit.
            assert support.wait_for(lambda: status()["at"] != first["at"] or status()["ok"])
            assert not status()["ok"] and broken in status()["error"], status()
            assert status()["inForce"]["commit"] == good
            rewind(repository, good)
            assert support.wait_for(lambda: status()["ok"])
            fixed = repository.commit({"more.yaml": "{}"})
            assert support.wait_for(lambda: (kept / "current").resolve().name == fixed), status()
            assert status()["ok"]
        finally:
            watcher.terminate()
            err = watcher.communicate(timeout=30)[1]
        assert err.count("is broken (see above)") == 1, err

        # And without --watch.
        repository.commit({"policy.yaml": BROKEN})
        refused(w.run(*pull), "is broken (see above)")
        rewind(repository, fixed)
        last = repository.commit({"more.yaml": "{a: 1}"})
        run = w.run(*pull)
        assert run.code == 0 and (kept / "current").resolve().name == last, run.err


def test_a_commit_is_in_force_already_only_as_what_it_was():
    with Workspace() as w:
        repository = Repository(w.path)
        url = f"file://{repository.bare}"
        key = ssh_server.make_key(w.path / "ann")
        signers = w.path / "signers"
        signers.write_text("ann@example.org " + key.with_suffix(".pub").read_text())
        commit = repository.commit({"policy.yaml": OBSERVING, "strict/policy.yaml": ENFORCING}, sign=key)
        kept = w.path / "kept"
        target = image(w.path / "image", "0")

        def pull(source, *flags):
            return w.run("policy", "pull", source, "--to", kept, *flags)

        def decide():
            return w.run("scan", target, "--policy", kept, "--scanners", "packages").code

        assert "in force: " + commit in pull(url).out and decide() == 0
        again = pull(url)
        assert again.code == 0 and not again.out and "in force already" in again.err, again.err
        refused(pull(url, "--key", SIGNED / "ops.pem"), "not signed")
        assert not json.loads((kept / "status.json").read_text())["ok"] and decide() == 0

        run = pull(url + "//strict")
        assert run.code == 0 and "in force: " + commit in run.out and decide() == 2, run.err
        assert "from      " + url + "//strict" in w.run("policy", "show", kept).out
        assert "in force already" in pull(url + "//strict").err
        assert "in force: " + commit in pull(url).out and decide() == 0

        run = pull(url, "--signers", signers)
        assert run.code == 0 and "signed by ann@example.org" in run.out, run.err
        assert "verified (ann@example.org)" in w.run("policy", "show", kept).out
        assert "in force already" in pull(url, "--signers", signers).err


def test_pulled_files_that_were_changed_are_not_judged_by():
    with Workspace() as w:
        repository = Repository(w.path)
        url = f"file://{repository.bare}"
        commit = repository.commit({"policy.yaml": ENFORCING, "README.md": "text"})
        kept = w.path / "kept"
        target = image(w.path / "image", "0")

        def pull():
            return w.run("policy", "pull", url, "--to", kept)

        def decide():
            return w.run("scan", target, "--policy", kept, "--scanners", "packages")

        assert pull().code == 0 and decide().code == 2
        (kept / "current/README.md").write_text("is no part of a policy\n")
        assert decide().code == 2 and "in force already" in pull().err

        (kept / "current/policy.yaml").write_text(OBSERVING)
        run = decide()
        assert run.code == 1 and "changed since it was pulled; pull again" in run.err, run.err
        run = pull()
        assert run.code == 0 and "in force: " + commit in run.out and decide().code == 2, run.err

        (kept / "current/more.rego").write_text("package bulkhead.more\n")
        assert decide().code == 1
        assert "in force: " + commit in pull().out and decide().code == 2

        shutil.rmtree(kept / "commits")
        assert decide().code == 1
        run = pull()
        assert run.code == 0 and "in force: " + commit in run.out and decide().code == 2, run.err


def test_an_error_about_two_places_is_one_error():
    with Workspace() as w:
        support.unpack(w.path / "p", {"packs/x/x.rego": "package bulkhead.x\n\ndeny contains \"x\" if {\n    y == 1\n    y := 1\n}\n"})
        checked = check(w, w.path / "p")
        assert checked.code == 1 and "cannot be loaded: 1 error" in checked.err, checked.err
        assert checked.out == ("packs/x/x.rego:4:5: error: var `y` used before definition below (packs/x/x.rego:5:5) "
                               "[not-loaded]\n"), checked.out


support.main(globals())
