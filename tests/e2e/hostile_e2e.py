# SPDX-License-Identifier: Apache-2.0
"""Hostile images: a clear diagnostic, bounded memory and time, and the rest still scanned."""
import gzip
import io
import json
import os
import resource
import subprocess
import tarfile
import time

import support
from support import APP, BASE, Layout, Workspace, digest, ids, tar_of

SANITIZED = b"__asan_init" in open(support.PROGRAM, "rb").read()


def scan(w, source, *flags, timeout=120):
    done = w.run("scan", source, "--db", w.path / "advisories.db", "-f", "json", *flags, timeout=timeout)
    assert done.code in (0, 1, 2), f"exit {done.code}: {done.err[-2000:]}"
    return done


def kinds(done):
    return {d["kind"] for d in done.json()["diagnostics"]}


def refused(w, layout, word, still=("CVE-2026-10003",)):
    done = scan(w, f"oci:{layout.finish()}")
    assert done.code == 1, f"exit {done.code}, expected 1 (incomplete)\n{done.err}"
    text = json.dumps(done.json()["diagnostics"]) + done.err
    assert word in text, f"no word of {word!r} in {text[:1500]}"
    assert set(still) <= set(ids(done.json())), "the rest was not scanned"
    allowed = scan(w, f"oci:{layout.folder}", "--allow-incomplete")
    assert allowed.code == 0, allowed.err


def test_wrong_digest_is_named_and_the_rest_scanned():
    with Workspace() as w:
        w.database()
        layout = Layout(w.path / "x").layer(tar_of(BASE))
        layout.layer(tar_of(APP), name="sha256:" + "ab" * 32)
        refused(w, layout, "ab" * 32)
        layout = Layout(w.path / "y").layer(tar_of(BASE)).layer(tar_of(APP), diff_id="sha256:" + "cd" * 32)
        refused(w, layout, "cd" * 32)


def test_truncated_and_broken_layers():
    with Workspace() as w:
        w.database()
        packed = gzip.compress(tar_of(APP), mtime=0)
        for number, data in enumerate((packed[:len(packed) // 2], b"\x1f\x8b" + b"\xff" * 500, packed + b"garbage",
                                       b"not a layer at all" * 100)):
            layout = Layout(w.path / f"t{number}").layer(tar_of(BASE))
            layout.layers.append(layout.blob(data, "application/vnd.oci.image.layer.v1.tar+gzip"))
            layout.diff_ids.append(digest(tar_of(APP)))
            layout.history.append({"created_by": "x"})
            refused(w, layout, "layer-refused")


def test_paths_cannot_escape():
    files = dict(BASE)
    files["../../escape/node_modules/left-shift/package.json"] = '{"name": "left-shift", "version": "1.0.0"}'
    link = tarfile.TarInfo()
    link.type, link.linkname = tarfile.SYMTYPE, "../../../../etc"
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data.encode()))
        link.name = "var/lib/dpkg-link"
        tar.addfile(link)
    with Workspace() as w:
        w.database()
        done = scan(w, f"oci:{Layout(w.path / 'x').layer(out.getvalue()).finish()}")
        assert "unsafe-path" in kinds(done), done.out[:500]
        assert ids(done.json()) == ["CVE-2026-10003"], ids(done.json())


def test_directory_links_are_not_followed():
    with Workspace() as w:
        w.database()
        support.unpack(w.path / "root", BASE)
        support.unpack(w.path / "outside", APP)
        os.symlink(w.path / "outside", w.path / "root/way-out")
        os.symlink("loop-b", w.path / "root/loop-a")
        os.symlink("loop-a", w.path / "root/loop-b")
        os.mkfifo(w.path / "root/etc/machine-id")
        os.mkfifo(w.path / "root/etc/os-release.d")
        done = scan(w, f"dir:{w.path}/root")
        assert ids(done.json()) == ["CVE-2026-10003"], ids(done.json())


def layer_with(*entries):
    """A tar of (name, text) and (name, type, target), in this order."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, *rest in entries:
            info = tarfile.TarInfo(name)
            data = rest[0].encode() if len(rest) == 1 else b""
            info.size = len(data)
            if len(rest) == 2:
                info.type, info.linkname = rest
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


def test_packages_cannot_hide_behind_links():
    status, sym, hard = BASE["var/lib/dpkg/status"], tarfile.SYMTYPE, tarfile.LNKTYPE
    package = APP["opt/app/node_modules/left-shift/package.json"]
    name = "opt/app/node_modules/left-shift/package.json"
    system = layer_with(("etc/os-release", support.OS_RELEASE))
    distribution = ["CVE-2026-10003"]
    images = [
        (distribution, [system, layer_with(("var/lib/dpkg", sym, "../../usr/share/db"), ("usr/share/db/status", status))]),
        (distribution, [system, layer_with(("srv/lib/dpkg/status", status)), layer_with(("var", sym, "/srv"))]),
        (distribution, [system, layer_with(("var/lib/dpkg/status", sym, "other"), ("var/lib/dpkg/other", status))]),
        (distribution, [system, layer_with(("a", sym, "srv"), ("srv/lib/dpkg/status", status), ("var", sym, "a"))]),
        (["CVE-2026-10001"], [system, layer_with(("opt/blob", package)), layer_with((name, hard, "opt/blob"))]),
        (["CVE-2026-10001"], [system, layer_with(("opt/blob", package)), layer_with((name, sym, "/opt/blob"))]),
    ]
    with Workspace() as w:
        w.database()
        for number, (want, layers) in enumerate(images):
            layout = Layout(w.path / f"behind{number}")
            for tar in layers:
                layout.layer(tar)
            layout.finish()
            first = scan(w, f"oci:{layout.folder}")
            assert first.code == 0 and ids(first.json()) == want, f"{number}: {first.err}"
            locations = [l for p in first.json()["packages"] for l in p["locations"]]
            assert {l["layer"] for l in locations} == {len(layers) - 1}, f"{number}: {locations}"
            # From the cache of the image, then from that of its layers: as when it was cold.
            for forget in (False, True):
                for entry in (w.path.rglob("layers/image-*") if forget else ()):
                    entry.unlink()
                assert scan(w, f"oci:{layout.folder}").out == first.out, f"{number} {forget}"
        for kind, last in {"unsafe-path": ("opt/x/../" + name[4:], package), "link-not-read": (name, hard, "opt/gone")}.items():
            layout = Layout(w.path / kind).layer(tar_of(BASE)).layer(layer_with(last))
            layout.finish()
            for _ in range(2):  # the second time from the cache
                done = scan(w, f"oci:{layout.folder}")
                assert done.code == 1 and kind in kinds(done), f"{kind}: {done.err}"
        usual = layer_with(("usr/lib/apk/db/installed", "P:a\nV:1\n\n"), ("lib", sym, "usr/lib"),
                           ("var/lib/rpm", sym, "../../usr/lib/sysimage/rpm"), ("lib64", sym, "usr/lib"))
        done = scan(w, f"oci:{Layout(w.path / 'usual').layer(tar_of(BASE)).layer(usual).finish()}")
        assert done.code == 0 and ids(done.json()) == ["CVE-2026-10003"], done.err
        support.unpack(w.path / "root", BASE)
        os.rename(w.path / "root/var/lib/dpkg", w.path / "root/db")
        os.symlink("/db", w.path / "root/var/lib/dpkg")
        done = scan(w, f"dir:{w.path}/root")
        assert done.code == 0 and ids(done.json()) == distribution, done.err
        (w.path / "outside").mkdir()
        (w.path / "outside/package.json").write_text(package)
        (w.path / "root/node_modules/left-shift").mkdir(parents=True)
        os.symlink(w.path / "outside/package.json", w.path / "root/node_modules/left-shift/package.json")
        done = scan(w, f"dir:{w.path}/root")
        assert ids(done.json()) == distribution and "link-not-read" in kinds(done), done.err


def test_devices_and_pipes_are_written_to_not_replaced():
    with Workspace() as w:
        w.database()
        support.unpack(w.path / "root", BASE)
        os.mkfifo(w.path / "pipe")
        reader = subprocess.Popen(["cat", w.path / "pipe"], stdout=subprocess.PIPE)
        scan(w, f"dir:{w.path}/root", "-o", f"csv={w.path}/pipe")
        out, _ = reader.communicate(timeout=60)
        assert b"CVE-2026-10003" in out and (w.path / "pipe").is_fifo()
        os.symlink("/dev/full", w.path / "full")
        done = w.run("scan", f"dir:{w.path}/root", "--db", w.path / "advisories.db", "-o", f"csv={w.path}/full")
        assert done.code == 1 and "No space" in done.err and (w.path / "full").is_symlink(), done.err
        done = w.run("scan", f"dir:{w.path}/root", "-o", f"csv={w.path}/root")
        assert done.code == 1 and "directory" in done.err, done.err


def test_sparse_giants_cost_nothing():
    with Workspace() as w:
        w.database()
        os.makedirs(w.path / "tree/opt")
        with open(w.path / "tree/opt/giant", "wb") as giant:
            giant.truncate(10 << 30)
        subprocess.run(["tar", "-C", str(w.path / "tree"), "-S", "-cf", str(w.path / "sparse.tar"), "opt"], check=True)
        layout = Layout(w.path / "x").layer(tar_of(BASE)).layer((w.path / "sparse.tar").read_bytes())
        start = time.monotonic()
        done = scan(w, f"oci:{layout.finish()}")
        assert done.code == 0 and ids(done.json()) == ["CVE-2026-10003"], done.err
        assert time.monotonic() - start < 60


def test_bombs_are_bounded():
    """A gigabyte of zeros packed to a megabyte: read through, never held."""
    with Workspace() as w:
        w.database()
        info = tarfile.TarInfo("opt/zeros/package.json")
        out = io.BytesIO()
        info.size = 1 << 30
        packer = gzip.GzipFile(fileobj=out, mode="wb", compresslevel=9, mtime=0)
        import hashlib
        plain = hashlib.sha256()

        def put(data):
            plain.update(data)
            packer.write(data)
        put(info.tobuf())
        for _ in range(1024):
            put(bytes(1 << 20))
        put(bytes(10240))
        packer.close()
        layout = Layout(w.path / "bomb").layer(tar_of(BASE))
        layout.layers.append(layout.blob(out.getvalue(), "application/vnd.oci.image.layer.v1.tar+gzip"))
        layout.diff_ids.append("sha256:" + plain.hexdigest())
        layout.history.append({"created_by": "bomb"})
        done = scan(w, f"oci:{layout.finish()}", timeout=300)
        assert ids(done.json()) == ["CVE-2026-10003"], done.err
        if not SANITIZED:
            peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
            assert peak < 400, f"{peak} MB"


def test_malformed_databases_and_documents():
    broken = {
        "var/lib/rpm/rpmdb.sqlite": b"SQLite format 3\0" + b"\xff" * 5000,
        "usr/lib/sysimage/rpm/Packages.db": b"RpmP" + b"\xff" * 5000,
        "lib/apk/db/installed": b"P:\nV:\n\n" + b"X" * 100000,
        "opt/a/node_modules/x/package.json": b'{"name": "x", "name": "y", "version": "1.0.0"}',
        "opt/b/node_modules/y/package.json": b"{" * 100000,
        "usr/lib/python3/dist-packages/z-1.dist-info/METADATA": b"\xff\xfe\0\0" * 1000,
        "usr/bin/go-thing": b"\x7fELF\x02\x01\x01" + b"\xff" * 4000,
    }
    with Workspace() as w:
        w.database()
        done = scan(w, f"oci:{Layout(w.path / 'x').layer(tar_of({**BASE, **broken})).finish()}")
        assert done.code == 1, "an unread package database makes the answer incomplete"
        assert "CVE-2026-10003" in ids(done.json())
        where = {d["where"] for d in done.json()["diagnostics"]}
        assert "var/lib/rpm/rpmdb.sqlite" in where and "usr/lib/sysimage/rpm/Packages.db" in where, where
        repeated = [d for d in done.json()["diagnostics"] if d["kind"] == "duplicate-key"]
        assert [d["where"] for d in repeated] == ["opt/a/node_modules/x/package.json"], repeated
        assert "y" in [p["name"] for p in done.json()["packages"]], "the last one counts"


def test_a_path_that_is_too_long_costs_only_its_entry():
    with Workspace() as w:
        w.database()
        long = "/".join(["d" * 200] * 30) + "/package.json"
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "x" * 5000
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
            tar.addfile(link)
            info = tarfile.TarInfo(long)
            info.size = 3
            tar.addfile(info, io.BytesIO(b"abc"))
        first = len(out.getvalue().rstrip(b"\0"))
        layer = out.getvalue()[:first + (-first % 512)] + tar_of(BASE)
        done = scan(w, f"oci:{Layout(w.path / 'x').layer(layer).finish()}")
        assert done.code == 1 and "CVE-2026-10003" in ids(done.json()), done.err
        kinds = [d["kind"] for d in done.json()["diagnostics"]]
        assert kinds.count("path-too-long") == 2 and "layer-refused" not in kinds, kinds


def test_duplicate_keys_in_manifests_are_refused():
    with Workspace() as w:
        w.database()
        folder = Layout(w.path / "x").layer(tar_of(BASE)).finish()
        index = folder / "index.json"
        index.write_text(index.read_text().replace('"schemaVersion": 2', '"schemaVersion": 2, "schemaVersion": 2'))
        done = w.run("scan", f"oci:{folder}", "--db", w.path / "advisories.db")
        assert done.code == 1 and "schemaVersion" in done.err, done.err


def test_a_damaged_database_is_refused_and_the_last_good_one_used():
    with Workspace() as w:
        db = w.database()
        folder = Layout(w.path / "x").layer(tar_of({**BASE, **APP})).finish()
        again = w.run("db", "build", "--from", w.path / "mirror", "--db", db)  # the first is now the previous one
        assert again.code == 0, again.err
        data = db.read_bytes()
        db.write_bytes(data[: len(data) // 2])
        done = w.run("scan", f"oci:{folder}", "--db", db, "-f", "json")
        assert done.code == 0 and len(done.json()["findings"]) == 3, done.err
        assert "last good" in done.err, done.err
        verified = w.run("db", "verify", "--db", db)
        assert verified.code == 1, verified.out
        flipped = bytearray(data)
        flipped[len(data) // 2] ^= 1
        db.write_bytes(bytes(flipped))
        assert w.run("db", "verify", "--db", db).code == 1


def test_a_layer_of_too_many_entries_is_refused():
    if SANITIZED:
        print("     (in the release build only: five million entries)")
        return
    with Workspace() as w:
        w.database()
        layout = Layout(w.path / "x").layer(tar_of(BASE)).many_files_layer(5_000_001, level=1)
        refused(w, layout, "5000000")


support.main(globals())
