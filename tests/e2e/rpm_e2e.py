# SPDX-License-Identifier: Apache-2.0
"""Databases written by the real rpm, in one layer and in several."""
import os
import sqlite3
import subprocess

import support
from support import Layout, Workspace, tar_of

RECORD = "usr/lib/python3.11/site-packages/snake-1.4.egg-info/PKG-INFO"
OS_RELEASE = 'ID="fedora"\nVERSION_ID="40"\nPRETTY_NAME="Fedora Linux 40"\n'
SPEC = """Name: {name}
Version: {version}
Release: 1
Summary: {name}
License: MIT
BuildArch: noarch
%description
{name}
%install
mkdir -p %{{buildroot}}/$(dirname {record})
printf '{text}' > %{{buildroot}}/{record}
%files
/{record}
%changelog
* Mon Jan 15 2024 Jane Doe <jane@example.org> - {version}-1
- made
"""


def metadata(version):
    return f"Metadata-Version: 2.1\nName: snake\nVersion: {version}\n"


def build(folder, name, version, record, text):
    spec = folder / f"{name}.spec"
    spec.write_text(SPEC.format(name=name, version=version, record=record, text=text.replace("\n", "\\n")))
    subprocess.run(["rpmbuild", "-bb", "--define", f"_topdir {folder}/build", "--define", f"_rpmdir {folder}/out", spec],
                   check=True, capture_output=True, env={**os.environ, "HOME": str(folder)})
    return folder / f"out/noarch/{name}-{version}-1.noarch.rpm"


def install(database, package):
    subprocess.run(["rpm", "--dbpath", database, "-i", "--justdb", "--nodeps", "--ignoreos", package],
                   check=True, capture_output=True)


def files_of(database):
    return {f"var/lib/rpm/{name}": (database / name).read_bytes() for name in sorted(os.listdir(database))
            if not name.startswith(".")}


def scan(w, name, layers):
    layout = Layout(w.path / name)
    for layer in layers:
        layout.layer(tar_of(layer))
    done = w.run("scan", f"oci:{layout.finish()}", "--db", w.path / "advisories.db", "-f", "json")
    return done, {p["name"]: p for p in done.json()["packages"]}


def test_changes_that_stand_in_the_log_are_read():
    with Workspace() as w:
        w.database()
        first = build(w.path, "first", "1", "usr/share/first", "first")
        second = build(w.path, "second", "2", "usr/share/second", "second")
        database = w.path / "rpmdb"
        database.mkdir()
        install(database, first)
        before = files_of(database)
        # A reader keeps rpm from writing the log back when it is done.
        reader = sqlite3.connect(database / "rpmdb.sqlite", isolation_level=None)
        reader.execute("begin")
        reader.execute("select count(*) from Packages").fetchall()
        install(database, second)
        after = files_of(database)
        reader.close()
        assert after["var/lib/rpm/rpmdb.sqlite-wal"], "rpm left no log"
        base = {"etc/os-release": OS_RELEASE}
        done, packages = scan(w, "one", [{**base, **after}])
        assert done.code == 0 and set(packages) == {"first", "second"}, done.err
        done, packages = scan(w, "two", [{**base, **before}, after])
        assert done.code == 0 and set(packages) == {"first", "second"}, done.err
        assert packages["first"]["locations"][0]["layer"] == 0 and packages["second"]["locations"][0]["layer"] == 1
        log = {path: data for path, data in after.items() if path.endswith("-wal")}
        done, packages = scan(w, "apart", [{**base, **before}, log])
        assert done.code == 1 and set(packages) == {"first"}, "the log is in another layer than its database"
        support.unpack(w.path / "root", {**base, **after})
        done = w.run("scan", f"dir:{w.path}/root", "--db", w.path / "advisories.db", "-f", "json")
        assert {p["name"] for p in done.json()["packages"]} == {"first", "second"}, done.err


def test_what_pip_wrote_over_is_not_the_distributions():
    with Workspace() as w:
        w.database()
        package = build(w.path, "python3-snake", "1.4", RECORD, metadata("1.4"))
        database = w.path / "rpmdb"
        database.mkdir()
        install(database, package)
        base = {"etc/os-release": OS_RELEASE, **files_of(database), RECORD: metadata("1.4")}
        for name, layers, owned in (("shipped", [base], True),
                                    ("copied", [base, {RECORD: metadata("1.4")}], True),
                                    ("upgraded", [base, {RECORD: metadata("1.4.1")}], False),
                                    ("at once", [{**base, RECORD: metadata("1.4.1")}], False)):
            done, packages = scan(w, name.replace(" ", "-"), layers)
            owner = packages["snake"].get("owner", "")
            assert owner.startswith("pkg:rpm/fedora/python3-snake@1.4-1") == owned, f"{name}: {owner} {done.err}"


support.main(globals())
