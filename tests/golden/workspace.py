# SPDX-License-Identifier: Apache-2.0
"""The folder that golden command lines run in. The same bytes everywhere: fixed dates, nothing packed.

  image/         an OCI layout: Debian 12 with a patched library, and an application in a second layer
  fixed/         the same with the fixed versions
  broken/        a layer that does not match its digest
  hostile/       names and licences that would take over a terminal
  root/, source/ a directory with a system in it, a source tree with lock files
  mirror/        advisory feeds; advisories.db is built from them
"""
import gzip
import io
import json
import pathlib
import tarfile
import zipfile

import support

NOW = "2026-02-01T00:00:00Z"  # what --at gets in most command lines

CHANGELOG = """libpatched (2.0-1) bookworm; urgency=medium

  * Fix CVE-2026-10006: a parser read past its buffer.

 -- Jane Doe <jane@example.org>  Sat, 03 Jan 2026 10:00:00 +0000
"""
STATUS = support.STATUS + """
Package: libpatched2
Status: install ok installed
Architecture: amd64
Source: libpatched
Version: 2.0-1
Maintainer: Jane Doe <jane@example.org>
Description: a library that its maintainer patched
"""
LOCK = json.dumps({"name": "shop", "version": "1.0.0", "lockfileVersion": 3, "packages": {
    "": {"name": "shop", "version": "1.0.0", "dependencies": {"left-shift": "^1.9.0"}},
    "node_modules/left-shift": {"version": "1.9.0", "license": "MIT"}}}, indent=2)

TRACKER = {
    "libfoo": {
        "CVE-2026-10003": {"description": "A flaw in libfoo", "releases": {
            "bookworm": {"status": "resolved", "fixed_version": "1.2-3+deb12u1", "urgency": "high"}}},
        "CVE-2026-10004": {"description": "A slow path in libfoo", "releases": {
            "bookworm": {"status": "open", "urgency": "low"}}},
        "CVE-2026-10005": {"description": "Only with odd settings", "releases": {
            "bookworm": {"status": "open", "urgency": "unimportant", "nodsa_reason": "ignored"}}}},
    "libpatched": {
        "CVE-2026-10006": {"description": "A parser reads past its buffer", "releases": {
            "bookworm": {"status": "open", "urgency": "medium"}}}},
}
KEV = {"title": "Known exploited", "dateReleased": "2026-01-20T00:00:00Z", "vulnerabilities": [
    {"cveID": "CVE-2026-10001", "dateAdded": "2026-01-15", "knownRansomwareCampaignUse": "Known"}]}
EPSS = """#model_version:v2026.01.01,score_date:2026-01-28T00:00:00+0000
cve,epss,percentile
CVE-2026-10001,0.91230,0.99800
CVE-2026-10003,0.00120,0.20000
"""


def packed_by_nobody(data):
    """gzip of stored blocks: the bytes do not depend on a library's compressor."""
    return gzip.compress(data, 0, mtime=0)


def make_mirror(folder):
    records = {
        "npm": [support.record("CVE-2026-10001", "npm", "left-shift", "2.0.0")],
        "PyPI": [support.record("CVE-2026-10002", "PyPI", "snake", "1.5",
                                "CVSS:3.1/AV:N/AC:H/PR:L/UI:R/S:U/C:L/I:L/A:N")],
    }
    for ecosystem, entries in records.items():
        (folder / "osv" / ecosystem).mkdir(parents=True)
        with zipfile.ZipFile(folder / "osv" / ecosystem / "all.zip", "w") as archive:
            for entry in entries:
                archive.writestr(zipfile.ZipInfo(entry["id"] + ".json"), json.dumps(entry))
    for name, text in (("debian/tracker.json", json.dumps(TRACKER)),
                       ("kev/known_exploited_vulnerabilities.json", json.dumps(KEV)),
                       ("epss/epss_scores-current.csv.gz", packed_by_nobody(EPSS.encode()))):
        support.unpack(folder, {name: text})


def system(status):
    changelog = "usr/share/doc/libpatched2/changelog.Debian.gz"
    return {**support.BASE, "var/lib/dpkg/status": status,
            "var/lib/dpkg/info/libpatched2:amd64.list": f"/.\n/usr\n/{changelog}\n",
            changelog: packed_by_nobody(CHANGELOG.encode())}


def image(folder, status, application):
    layout = support.Layout(folder)
    layout.layer(support.tar_of(system(status)), "none", "debootstrap bookworm")
    layout.layer(support.tar_of(application), "none", "COPY app /opt/app")
    return layout.finish()


def make(folder, run):
    """run: the program, as in `run("db", "build", ...)`."""
    folder = pathlib.Path(folder)
    make_mirror(folder / "mirror")
    image(folder / "image", STATUS, support.APP)
    image(folder / "fixed", STATUS.replace("1.2-3\n", "1.2-3+deb12u1\n"), {})

    broken = support.Layout(folder / "broken")
    broken.layer(support.tar_of(system(STATUS)), "none", "debootstrap bookworm")
    broken.layer(support.tar_of(support.APP), "none", "COPY app /opt/app", name="sha256:" + "ab" * 32)
    broken.finish()

    image(folder / "hostile", STATUS, {
        "opt/\x1b[2J/node_modules/left-shift/package.json": json.dumps(
            {"name": "left-shift", "version": "1.9.0\u009b31m", "license": "MIT\u202e\x07"})})

    support.unpack(folder / "root", system(STATUS), support.APP)
    support.unpack(folder / "source", {"package-lock.json": LOCK, "requirements.txt": "snake==1.4\n"})
    (folder / "not-a-database.db").write_text("something else\n")
    built = run("db", "build", "--from", "mirror", "--feed-date", "2026-01-25T00:00:00Z", "--db", "advisories.db")
    assert built.code == 0, built.err
