# SPDX-License-Identifier: Apache-2.0
"""Feeds: what is fetched, what a broken or missing one does, and when the database may change."""
import hashlib
import http.server
import json
import shutil
import threading
import zipfile

import support
from support import APP, BASE, Layout, Workspace, ids, record, tar_of


class Mirror:
    """A folder behind HTTP, with ETags; `answers` forces a status for paths that hold a word."""

    def __init__(self, folder):
        self.folder, self.asked, self.answers = folder, [], {}
        mirror = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                path = self.path.replace("%20", " ").lstrip("/")
                mirror.asked.append(path)
                file = mirror.folder / path
                forced = [code for word, code in mirror.answers.items() if word in path]
                data = file.read_bytes() if file.is_file() else b""
                tag = '"' + hashlib.md5(data).hexdigest() + '"'
                code = forced[0] if forced else 200 if file.is_file() else 404
                if code == 200 and self.headers.get("If-None-Match") == tag:
                    code = 304
                body = data if code == 200 else b""
                self.send_response(code)
                if code in (200, 304):
                    self.send_header("ETag", tag)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"


def put(mirror, ecosystem, *records):
    folder = mirror / "osv" / ecosystem
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / "all.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in records:
            archive.writestr(entry["id"] + ".json", json.dumps(entry))


def small_mirror(w):
    folder = w.path / "mirror"
    put(folder, "npm", record("CVE-2026-10001", "npm", "left-shift", "2.0.0"))
    put(folder, "PyPI", record("CVE-2026-10002", "PyPI", "snake", "1.5"))
    put(folder, "Azure Linux", record("CVE-2026-10004", "Azure Linux:3", "x", "1.5"))
    for branch in ("v3.21", "v3.23"):
        (folder / "alpine" / branch).mkdir(parents=True)
        (folder / "alpine" / branch / "main.json").write_text(json.dumps(
            {"packages": [{"pkg": {"name": "a", "secfixes": {"1.0-r0": ["CVE-2026-1"]}}}]}))
    (folder / "kev").mkdir()
    (folder / "kev/known_exploited_vulnerabilities.json").write_text(json.dumps(
        {"vulnerabilities": [{"cveID": "CVE-2026-10001", "dateAdded": "2026-01-03"}]}))
    return folder


def sources(w, database):
    status = w.run("db", "status", "-f", "json", "--db", database)
    assert status.code == 0, status.err
    return {source["name"] for source in status.json()["sources"]}


def test_a_broken_feed_leaves_the_good_database_in_force():
    with Workspace() as w:
        folder = small_mirror(w)
        build = lambda *flags: w.run("db", "build", "--from", folder, "--db", "d.db", *flags)
        assert build().code == 0
        good = (w.path / "d.db").read_bytes()
        feed = folder / "osv/npm/all.zip"
        feed.write_bytes(feed.read_bytes()[:100])
        for _ in range(2):
            done = build()
            assert done.code == 1 and "osv/npm/all.zip" in done.err and "stays in force" in done.err, done.err
            assert (w.path / "d.db").read_bytes() == good
        assert not (w.path / "d.db.previous").exists() and not (w.path / "d.db.fresh").exists()
        allowed = build("--allow-incomplete")
        assert allowed.code == 0 and "osv:npm" not in sources(w, "d.db"), allowed.err
        assert (w.path / "d.db.previous").read_bytes() == good
        # A database that is damaged behind its header is no predecessor.
        bad = bytearray((w.path / "d.db").read_bytes())
        bad[-40] ^= 1
        (w.path / "d.db").write_bytes(bad)
        assert build("--allow-incomplete").code == 0
        assert (w.path / "d.db.previous").read_bytes() == good


def test_a_broken_private_file_is_a_broken_feed():
    with Workspace() as w:
        folder = small_mirror(w)
        (w.path / "own").mkdir()
        (w.path / "own/x.json").write_text("{")
        done = w.run("db", "build", "--from", folder, "--private", w.path / "own", "--db", "d.db")
        assert done.code == 1 and "x.json" in done.err, done.err


def test_scanning_goes_on_with_the_last_good_database():
    with Workspace() as w:
        folder = small_mirror(w)
        assert w.run("db", "build", "--from", folder, "--db", "d.db").code == 0
        good = (w.path / "d.db").read_bytes()
        (w.path / "d.db.previous").write_bytes(good)
        (w.path / "d.db").write_bytes(good[:4100] + bytes(len(good) - 4200) + good[-100:])
        layout = Layout(w.path / "i").layer(tar_of({**BASE, **APP}))
        done = w.run("scan", f"oci:{layout.finish()}", "--db", "d.db", "-f", "json")
        assert "CVE-2026-10001" in ids(done.json()), done.err
        assert [d["kind"] for d in done.json()["diagnostics"]] == ["database-damaged"], done.out[-500:]
        assert done.code == 0, done.err


def test_http_mirror_and_directory_give_the_same():
    with Workspace() as w:
        folder = small_mirror(w)
        server = Mirror(folder)
        done = w.run("db", "update", "--mirror", server.url, "--db", "h.db")
        assert done.code == 0, done.err
        assert w.run("db", "update", "--mirror", folder, "--db", "d.db").code == 0
        assert sources(w, "h.db") == sources(w, "d.db")
        assert {"osv:Azure Linux", "alpine:v3.23"} <= sources(w, "h.db")
        # A list of what is there saves asking for the rest.
        (folder / "osv/ecosystems.txt").write_text("npm\nPyPI\nAzure Linux\nAzure Linux:3\n../../etc\n")
        server.asked.clear()
        assert w.run("db", "update", "--mirror", server.url, "--db", "h.db").code == 0
        assert {p for p in server.asked if p.startswith("osv/")} == {
            "osv/ecosystems.txt", "osv/npm/all.zip", "osv/PyPI/all.zip", "osv/Azure Linux/all.zip"}


def test_a_damaged_copy_is_fetched_again():
    with Workspace() as w:
        server = Mirror(small_mirror(w))
        update = lambda: w.run("db", "update", "--mirror", server.url, "--db", "h.db")
        assert "0 unchanged" in update().err
        held = next((w.path / "cache").rglob("npm/all.zip"))
        whole = held.read_bytes()
        held.write_bytes(whole[:100])
        done = update()
        assert done.code == 0 and "1 feed fetched" in done.err, done.err
        assert held.read_bytes() == whole
        assert "0 feeds fetched" in update().err


def test_what_is_refused_or_gone_is_said():
    with Workspace() as w:
        folder = small_mirror(w)
        server = Mirror(folder)
        update = lambda: w.run("db", "update", "--mirror", server.url, "--db", "h.db")
        assert update().code == 0
        good = (w.path / "h.db").read_bytes()
        server.answers = {"kev": 403}
        done = update()
        assert done.code == 0 and "answered 403; the copy held here stays" in done.err, done.err
        server.answers = {"kev": 404}
        done = update()
        assert done.code == 0 and "is no longer there; the copy of" in done.err, done.err
        # No copy is held: the database in force would lose it.
        shutil.rmtree(w.path / "cache")
        server.answers = {"osv/npm": 403}
        done = update()
        assert done.code == 1 and "osv/npm/all.zip" in done.err, done.err
        assert (w.path / "h.db").read_bytes() == good


def test_update_takes_what_scans_needed():
    with Workspace() as w:
        folder = small_mirror(w)
        server = Mirror(folder)
        database = w.database()
        layout = Layout(w.path / "i").layer(tar_of({**BASE, **APP}))
        assert w.run("scan", f"oci:{layout.finish()}", "--db", database).code == 0
        notes = w.path / "cache/bulkhead/needed-ecosystems"
        notes.write_text(notes.read_text() + "1 Go\n99999999999 Go\nx Go\n1764000000 ../../Go\n\0\n")
        update = lambda *flags: w.run("db", "update", "--mirror", server.url, "--db", "h.db", *flags)
        done = update()
        assert done.code == 0 and "Debian:12, PyPI, npm" in done.err, done.err
        assert {p for p in server.asked if p.startswith("osv/")} == {
            "osv/ecosystems.txt", "osv/Debian/all.zip", "osv/npm/all.zip", "osv/PyPI/all.zip"}
        assert "debian/tracker.json" in server.asked
        assert "kev/known_exploited_vulnerabilities.json" in server.asked
        assert not [p for p in server.asked if p.startswith("alpine/")], server.asked
        assert update("--all").code == 0
        assert "osv:Azure Linux" in sources(w, "h.db")


support.main(globals())
