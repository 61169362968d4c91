# SPDX-License-Identifier: Apache-2.0
"""One image in every form gives one answer; what layers hide is hidden; exit codes say what they mean."""
import json
import os
import pathlib
import subprocess
import tarfile

import support
from support import APP, BASE, Layout, Workspace, ids, tar_of, unpack

EXPECTED = ["CVE-2026-10001", "CVE-2026-10002", "CVE-2026-10003"]


def image(w, name="image", compression="gzip"):
    layout = Layout(w.path / name)
    layout.layer(tar_of(BASE), compression, "debootstrap bookworm")
    layout.layer(tar_of(APP), compression, "COPY app /opt/app")
    return layout.finish()


def findings(w, source, *flags, code=0):
    done = w.run("scan", source, "--db", w.path / "advisories.db", "-f", "json", *flags)
    assert done.code == code, f"{source}: exit {done.code}, expected {code}\n{done.err}"
    return done.json()


def comparable(report):
    """Packages and findings without what only layers have."""
    packages = []
    for package in report["packages"]:
        package = json.loads(json.dumps(package))
        for location in package.get("locations", []):
            location.pop("layer", None)
        packages.append(package)
    return packages, report["findings"]


def archive_of(folder, path):
    with tarfile.open(path, "w") as tar:
        for name in ("oci-layout", "index.json", "blobs"):
            tar.add(pathlib.Path(folder) / name, name)
    return path


def test_every_form_of_an_image_gives_the_same_answer():
    with Workspace() as w:
        w.database()
        want = comparable(findings(w, f"oci:{image(w)}"))
        assert ids({"findings": want[1]}) == EXPECTED, ids({"findings": want[1]})
        for compression in ("none", "zstd"):
            folder = image(w, compression, compression)
            assert comparable(findings(w, f"oci:{folder}")) == want, compression
        archive = archive_of(w.path / "image", w.path / "image.tar")
        assert comparable(findings(w, f"oci-archive:{archive}")) == want
        assert comparable(findings(w, archive)) == want, "bare archive"
        subprocess.run(["gzip", "-k", str(archive)], check=True)
        assert comparable(findings(w, f"{archive}.gz")) == want, "packed archive"
        piped = w.run("scan", "-", "--db", w.path / "advisories.db", "-f", "json",
                      stdin=archive.read_bytes())
        assert piped.code == 0, piped.err
        assert comparable(piped.json()) == want, "standard input"
        unpack(w.path / "root", BASE, APP)
        assert comparable(findings(w, f"dir:{w.path}/root")) == want, "directory"
        done = subprocess.run(["skopeo", "copy", "-q", f"oci:{w.path}/image:latest",
                               f"docker-archive:{w.path}/docker.tar:x:y"], capture_output=True)
        assert done.returncode == 0, done.stderr
        assert comparable(findings(w, f"docker-archive:{w.path}/docker.tar")) == want, "docker save"


def test_sboms_give_the_same_findings():
    with Workspace() as w:
        w.database()
        folder = image(w)
        report = findings(w, f"oci:{folder}")
        for kind in ("cyclonedx", "spdx"):
            done = w.run("sbom", f"oci:{folder}", "-f", kind, "-o", w.path / f"x.{kind}.json")
            assert done.code == 0, done.err
            again = findings(w, f"sbom:{w.path}/x.{kind}.json")
            assert ids(again) == ids(report), kind
            pairs = lambda r: sorted((f["id"], f["package"]["purl"], f["severity"]) for f in r["findings"])
            assert pairs(again) == pairs(report), kind


def test_output_is_the_same_from_run_to_run():
    with Workspace() as w:
        w.database()
        folder = image(w)
        for kind in ("json", "table", "sarif", "cyclonedx", "spdx", "junit", "csv"):
            outs = {w.run("scan", f"oci:{folder}", "--db", w.path / "advisories.db", "-f", kind, *flag).out
                    for flag in ((), (), ("--no-cache",), ("--verify",))}
            assert len(outs) == 1, f"{kind}: {len(outs)} different outputs"
            assert "" not in outs, kind


def test_layers_hide_what_is_below_them():
    whiteouts = {
        "opt/app/node_modules/.wh.left-shift": "",                       # one directory away
        "usr/lib/python3/dist-packages/.wh..wh..opq": "",                # lower content hidden
        "usr/lib/python3/dist-packages/other-2.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: other\nVersion: 2.0\n\n",
    }
    with Workspace() as w:
        w.database()
        layout = Layout(w.path / "hidden")
        layout.layer(tar_of(BASE)).layer(tar_of(APP)).layer(tar_of(whiteouts), created_by="RUN rm -r app")
        report = findings(w, f"oci:{layout.finish()}")
        assert ids(report) == ["CVE-2026-10003"], ids(report)
        names = [p["name"] for p in report["packages"]]
        assert "other" in names and "left-shift" not in names and "snake" not in names, names

        # A directory replaced by a link hides everything that was in it.
        link = tarfile.TarInfo()
        link.type, link.linkname = tarfile.SYMTYPE, "/nowhere"
        layout = Layout(w.path / "replaced")
        layout.layer(tar_of(BASE)).layer(tar_of(APP)).layer(tar_of({"opt/app": link}))
        assert ids(findings(w, f"oci:{layout.finish()}")) == EXPECTED[1:]


def test_packages_know_the_layer_that_brought_them():
    more = support.STATUS + "\nPackage: late\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\nDescription: x\n"
    with Workspace() as w:
        w.database()
        layout = Layout(w.path / "image")
        layout.layer(tar_of(BASE), created_by="base").layer(tar_of(APP), created_by="app")
        layout.layer(tar_of({"var/lib/dpkg/status": more}), created_by="apt install late")
        report = findings(w, f"oci:{layout.finish()}")
        layer = {p["name"]: p["locations"][0]["layer"] for p in report["packages"]}
        assert layer["libfoo1"] == 0 and layer["left-shift"] == 1 and layer["late"] == 2, layer
        assert report["artifact"]["layers"][2]["createdBy"] == "apt install late"


def test_hard_links_are_second_names():
    link = tarfile.TarInfo()
    link.type, link.linkname = tarfile.LNKTYPE, "store/ab/cdef"
    files = dict(BASE)
    files["store/ab/cdef"] = '{"name": "left-shift", "version": "1.0.0"}'
    files["srv/node_modules/left-shift/package.json"] = link
    with Workspace() as w:
        w.database()
        report = findings(w, f"oci:{Layout(w.path / 'links').layer(tar_of(files)).finish()}")
        assert "CVE-2026-10001" in ids(report), ids(report)


def test_exit_codes():
    with Workspace() as w:
        db = w.database()
        folder = image(w)
        cases = [
            (("scan", f"oci:{folder}", "--db", db), 0),
            (("scan", f"oci:{folder}", "--db", db, "--fail-on", "critical"), 2),
            (("scan", f"oci:{folder}", "--db", db, "--fail-on", "kev"), 0),
            (("scan", f"oci:{folder}", "--db", db, "--fail-on", "any", "--severity", "LOW"), 0),
            (("scan", "/no/such/path", "--db", db), 1),
            (("scan", f"oci:{folder}", "--db", "/no/such/db"), 1),
            (("scan",), 64), (("scan", f"oci:{folder}", "--no-such-flag"), 64),
            (("scan", f"oci:{folder}", "--severity", "TERRIBLE"), 64),
            (("scan", f"oci:{folder}", "-f", "poem"), 64),
            (("scan", f"oci:{folder}", "--scanners", "vulm"), 64),
            (("scan", f"oci:{folder}", "--scanners", "packages", "--fail-on", "any"), 64),
            (("no-such-command",), 64), ((), 64), (("--help",), 0), (("scan", "--help"), 0), (("--version",), 0),
        ]
        for arguments, want in cases:
            done = w.run(*arguments)
            assert done.code == want, f"{arguments}: exit {done.code}, expected {want}\n{done.err}"
            if want in (1, 64):
                assert done.out == "" or want == 64, "nothing on standard output when it failed"
                assert done.err, "and a reason"


def test_a_gate_without_advisories_does_not_open():
    with Workspace() as w:
        folder = image(w)
        assert w.run("scan", f"oci:{folder}").code == 0
        assert w.run("scan", f"oci:{folder}", "--fail-on", "any").code == 1
        assert w.run("scan", f"oci:{folder}", "--fail-on", "any", "--allow-incomplete").code == 0


def test_filters_and_ignore_files():
    with Workspace() as w:
        w.database()
        folder = image(w)
        (w.path / "ignore.yaml").write_text(
            "ignore:\n  - {id: CVE-2026-10001, reason: not reachable, expires: 2999-01-01}\n")
        (w.path / ".trivyignore").write_text("CVE-2026-10002\n")
        report = findings(w, f"oci:{folder}", "--ignore-file", "ignore.yaml")
        assert ids(report) == EXPECTED[1:], ids(report)
        assert report["ignored"][0]["reason"] == "not reachable"
        piped = subprocess.run(["bash", "-c", '"$0" scan "$1" --db "$2" -f json --ignore-file <(cat ignore.yaml)',
                                support.PROGRAM, f"oci:{folder}", w.path / "advisories.db"],
                               cwd=w.path, env=w.env, capture_output=True)
        assert piped.returncode == 0 and ids(json.loads(piped.stdout)) == EXPECTED[1:], piped.stderr
        assert ids(findings(w, f"oci:{folder}")) == [EXPECTED[0], EXPECTED[2]], ".trivyignore is read"
        (w.path / ".trivyignore.yaml").write_text("vulnerabilities:\n  - {id: CVE-2026-10001}\n")
        both = w.run("scan", f"oci:{folder}", "--db", w.path / "advisories.db", "-f", "json")
        assert ids(both.json()) == [EXPECTED[2]] and ".trivyignore.yaml is read" in both.err, both.err
        os.remove(w.path / ".trivyignore.yaml")
        os.remove(w.path / ".trivyignore")
        assert ids(findings(w, f"oci:{folder}", "--skip-dirs", "opt/app")) == EXPECTED[1:]
        assert findings(w, f"oci:{folder}", "--scanners", "packages")["findings"] == []
        assert ids(findings(w, f"oci:{folder}", "--fixable")) == EXPECTED


def test_several_reports_at_once():
    with Workspace() as w:
        db = w.database()
        done = w.run("scan", f"oci:{image(w)}", "--db", db, "-o", "json=a.json", "-o", "sarif=b.sarif",
                     "-o", "junit=c.xml")
        assert done.code == 0 and done.out == "", done.err
        assert ids(json.loads((w.path / "a.json").read_text())) == EXPECTED
        assert json.loads((w.path / "b.sarif").read_text())["version"] == "2.1.0"
        assert (w.path / "c.xml").read_text().startswith("<?xml")
        left = [p.name for p in w.path.iterdir() if ".new-" in p.name]
        assert not left, left


def test_one_lock_file_is_scanned_by_its_name():
    with Workspace() as w:
        w.database()
        lock = {"lockfileVersion": 3, "packages": {"node_modules/left-shift": {"version": "1.9.0"}}}
        (w.path / "package-lock.json").write_text(json.dumps(lock))
        (w.path / "requirements-dev.txt").write_text("snake==1.4\n")
        (w.path / "go.mod").write_text("module a\nrequire example.org/b v1.0.0\n")
        (w.path / "link.lock").write_text("{}")
        for argument in ("repo:package-lock.json", "./package-lock.json", f"{w.path}/package-lock.json"):
            report = findings(w, argument)
            assert report["artifact"]["kind"] == "repository", report["artifact"]
            assert ids(report) == EXPECTED[:1] and len(report["packages"]) == 1, argument
            assert report["packages"][0]["locations"][0]["path"] == "package-lock.json"
        assert ids(findings(w, "./requirements-dev.txt")) == EXPECTED[1:2]
        assert [p["name"] for p in findings(w, "./go.mod")["packages"] if p["name"].endswith("b")]
        done = w.run("scan", "repo:link.lock")
        assert done.code == 64 and "package-lock.json" in done.err, done.err


def test_files_of_packages_are_listed_on_request():
    with Workspace() as w:
        folder = image(w)
        plain = w.run("sbom", f"oci:{folder}", "-f", "json")
        for flags in ((), (), ("--no-cache",)):
            done = w.run("sbom", f"oci:{folder}", "--files", "-f", "json", "-o", f"cyclonedx={w.path}/bom.json", *flags)
            assert done.code == 0, done.err
            owned = {p["name"]: p.get("files") for p in done.json()["packages"]}
            assert owned["libfoo1"] == ["usr/lib/libfoo.so.1"] and owned["left-shift"] is None, owned
            bom = json.loads((w.path / "bom.json").read_text())
            inner = [c["components"] for c in bom["components"] if "components" in c]
            assert inner == [[{"type": "file", "name": "usr/lib/libfoo.so.1"}]], inner
        assert w.run("sbom", f"oci:{folder}", "-f", "json").out == plain.out
        done = w.run("sbom", f"oci:{folder}", "--files", "-f", "spdx")
        assert done.code == 64 and "cyclonedx" in done.err, done.err


def test_platform_is_chosen_from_an_index():
    with Workspace() as w:
        w.database()
        entries = []
        for architecture, tree in (("amd64", APP), ("arm64", {})):
            layout = Layout(w.path / "multi")
            layout.layer(tar_of({**BASE, **tree}))
            layout.finish(architecture=architecture)
            entry = json.loads((w.path / "multi/index.json").read_text())["manifests"][0]
            entry["platform"] = {"os": "linux", "architecture": architecture}
            entry.pop("annotations")
            entries.append(entry)
        (w.path / "multi/index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": entries}))
        folder = f"oci:{w.path}/multi"
        assert ids(findings(w, folder, "--platform", "linux/amd64")) == EXPECTED
        assert ids(findings(w, folder, "--platform", "linux/arm64")) == EXPECTED[2:]
        # Without a word about it, this machine's; the child that chooses is confined by then.
        if (own := {"x86_64": EXPECTED, "aarch64": EXPECTED[2:]}.get(os.uname().machine)) is not None:
            assert ids(findings(w, folder)) == ids(findings(w, folder, "--platform", "linux")) == own
        wrong = w.run("scan", folder, "--platform", "linux/s390x", "--db", w.path / "advisories.db")
        assert wrong.code == 1 and "arm64" in wrong.err, wrong.err


def test_explain_proves_both_ways():
    with Workspace() as w:
        db = w.database()
        folder = image(w)
        told = w.run("explain", "CVE-2026-10003", "--image", f"oci:{folder}", "--db", db)
        assert told.code == 0 and "1.2-3+deb12u1" in told.out and "libfoo" in told.out, told.out + told.err
        fixed = {**BASE, "var/lib/dpkg/status": support.STATUS.replace("1.2-3\n", "1.2-3+deb12u1\n")}
        layout = Layout(w.path / "fixed").layer(tar_of(fixed)).finish()
        told = w.run("explain", "CVE-2026-10003", "--image", f"oci:{layout}", "--db", db, "-f", "json")
        answer = told.json()
        assert answer["explanations"][0]["outcome"] == "not-affected", told.out
        unknown = w.run("explain", "CVE-1999-0001", "--image", f"oci:{layout}", "--db", db, "-f", "json")
        assert unknown.json()["known"] is False, unknown.out


def test_what_is_not_read_is_said():
    """Archives that no cataloger reads, a link under a wanted name, and what explain makes of them."""
    link = tarfile.TarInfo()
    link.type, link.linkname = tarfile.SYMTYPE, "../../store/foo.json"
    tree = {**BASE, "opt/lib/log4j-core-2.14.1.jar": "PK", "opt/node_modules/foo/package.json": link}
    with Workspace() as w:
        db = w.database()
        layout = Layout(w.path / "image").layer(tar_of(tree)).finish()
        for _ in range(2):  # the second time from the cache
            report = findings(w, f"oci:{layout}")
            assert "Java: 1 archive" in [n["what"] for n in report["notJudged"]], report["notJudged"]
            assert [d["where"] for d in report["diagnostics"] if d["kind"] == "link-not-read"] == [
                "opt/node_modules/foo/package.json"], report["diagnostics"]
        # A link to a name that is read there itself needs no word, in a directory as in an image.
        unpack(w.path / "root", BASE)
        (w.path / "root/etc/os-release").unlink(missing_ok=True)
        (w.path / "root/usr/lib").mkdir(parents=True, exist_ok=True)
        (w.path / "root/usr/lib/os-release").write_text(BASE["etc/os-release"])
        (w.path / "root/etc/os-release").symlink_to("../usr/lib/os-release")
        assert findings(w, f"dir:{w.path}/root")["diagnostics"] == []
        told = w.run("explain", "CVE-2026-10001", "--image", f"oci:{layout}", "--db", db)
        assert "Not judged whole" in told.out and "Java: 1 archive" in told.out, told.out
        told = w.run("explain", "CVE-2026-10001", "--image", f"oci:{layout}", "--db", db, "-f", "json")
        assert len(told.json()["notRead"]) == 2, told.out


def test_lock_files_of_an_installed_tree_are_not_passed_over_in_silence():
    lock = '{"lockfileVersion": 3, "packages": {"node_modules/a": {"version": "1.0.0"}}}'
    with Workspace() as w:
        w.database()
        unpack(w.path / "tree", {"app/package-lock.json": lock, "app/go.mod": "module a\n"})
        told = findings(w, f"dir:{w.path}/tree")["notJudged"]
        assert [group["what"] for group in told] == ["2 lock files (app/go.mod and others)"], told
        assert "repo:PATH reads lock files" in told[0]["reason"], told
        told = findings(w, f"repo:{w.path}/tree").get("notJudged", [])
        assert not any("lock file" in group["what"] for group in told), told
        # Where something is installed, that is what counts.
        unpack(w.path / "system", BASE, {"app/package-lock.json": lock})
        told = findings(w, f"dir:{w.path}/system").get("notJudged", [])
        assert not any("lock file" in group["what"] for group in told), told


def test_without_a_database_the_starter_list_judges_and_says_so():
    old = {"opt/app/node_modules/lodash/package.json": '{"name": "lodash", "version": "4.17.4"}'}
    with Workspace() as w:
        layout = Layout(w.path / "image").layer(tar_of({**BASE, **old})).finish()
        done = w.run("scan", f"oci:{layout}", "-f", "json")
        report = done.json()
        assert done.code == 0 and "CVE-2019-10744" in ids(report), done.err
        assert report["advisories"]["databaseKind"] == "starter", report["advisories"]
        assert "starter list" in done.err, done.err
        assert "starter" in w.run("scan", f"oci:{layout}").out


def test_nothing_leaves_the_machine():
    with Workspace() as w:
        db = w.database()
        folder = image(w)
        probe = subprocess.run(["unshare", "-n", "true"], capture_output=True)
        if probe.returncode != 0:
            print("     (no network namespaces here: not tried)")
            return
        done = w.run("scan", f"oci:{folder}", "--db", db, "-f", "json", prefix=("unshare", "-n"))
        assert done.code == 0 and ids(done.json()) == EXPECTED, done.err


def test_machine_says_what_confines_the_scanner():
    with Workspace() as w:
        db = w.database()
        done = w.run("scan", f"oci:{image(w)}", "--db", db, "--debug")
        assert "seccomp" in done.err, done.err


support.main(globals())
