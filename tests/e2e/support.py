# SPDX-License-Identifier: Apache-2.0
"""What end-to-end tests share: running the program, making layers and images, feeds of our own."""
import gzip
import hashlib
import io
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile

PROGRAM = sys.argv[1] if len(sys.argv) > 1 else "build/dev/bin/bulkhead"


class Run:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def json(self):
        return json.loads(self.out)


class Workspace:
    """A temporary folder with a home and cache of its own."""

    def __init__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="bulkhead-e2e-"))
        self.env = dict(os.environ, HOME=str(self.path), XDG_CACHE_HOME=str(self.path / "cache"),
                        NO_COLOR="1", ASAN_OPTIONS="detect_leaks=0", TMPDIR=str(self.path))
        for name in ("BULKHEAD_DB", "SOURCE_DATE_EPOCH"):
            self.env.pop(name, None)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)

    def run(self, *arguments, stdin=None, prefix=(), timeout=300, env=None):
        done = subprocess.run([*prefix, PROGRAM, *map(str, arguments)], input=stdin,
                              capture_output=True, env={**self.env, **(env or {})}, timeout=timeout,
                              cwd=self.path)
        return Run(done.returncode, done.stdout.decode("utf-8", "replace"),
                   done.stderr.decode("utf-8", "replace"))

    def database(self, records=None):
        """An advisory database of a few records, made by the program from a mirror of our own."""
        mirror = self.path / "mirror"
        for ecosystem, entries in (records or RECORDS).items():
            folder = mirror / "osv" / ecosystem
            folder.mkdir(parents=True, exist_ok=True)
            with zipfile.ZipFile(folder / "all.zip", "w", zipfile.ZIP_DEFLATED) as archive:
                for record in entries:
                    archive.writestr(record["id"] + ".json", json.dumps(record))
        path = self.path / "advisories.db"
        built = self.run("db", "build", "--from", mirror, "--db", path)
        assert built.code == 0, built.err
        return path


def record(identifier, ecosystem, package, fixed, severity="CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"):
    kind = "SEMVER" if ecosystem in ("npm", "Go", "crates.io") else "ECOSYSTEM"
    return {
        "schema_version": "1.6.0", "id": identifier, "modified": "2026-01-02T00:00:00Z",
        "published": "2026-01-01T00:00:00Z", "summary": f"A flaw in {package}",
        "severity": [{"type": "CVSS_V3", "score": severity}],
        "affected": [{"package": {"ecosystem": ecosystem, "name": package},
                      "ranges": [{"type": kind, "events": [{"introduced": "0"}, {"fixed": fixed}]}]}],
    }


RECORDS = {
    "npm": [record("CVE-2026-10001", "npm", "left-shift", "2.0.0")],
    "PyPI": [record("CVE-2026-10002", "PyPI", "snake", "1.5")],
    "Debian": [record("CVE-2026-10003", "Debian:12", "libfoo", "1.2-3+deb12u1")],
}

STATUS = """Package: libfoo1
Status: install ok installed
Architecture: amd64
Source: libfoo
Version: 1.2-3
Maintainer: Jane Doe <jane@example.org>
Description: a library

Package: base-files
Status: install ok installed
Architecture: amd64
Version: 12.4+deb12u5
Description: files
"""
OS_RELEASE = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n'

BASE = {
    "etc/os-release": OS_RELEASE,
    "var/lib/dpkg/status": STATUS,
    "var/lib/dpkg/info/libfoo1:amd64.list": "/.\n/usr\n/usr/lib/libfoo.so.1\n",
}
APP = {
    "opt/app/node_modules/left-shift/package.json":
        '{"name": "left-shift", "version": "1.9.0", "license": "MIT"}',
    "usr/lib/python3/dist-packages/snake-1.4.dist-info/METADATA":
        "Metadata-Version: 2.1\nName: snake\nVersion: 1.4\nLicense: MIT\n\ntext\n",
}


def tar_of(files):
    """A tar of {path: text or TarInfo}; directories are added as real tools do."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        seen = set()
        for path, content in files.items():
            for parent in reversed(pathlib.PurePosixPath(path).parents):
                if str(parent) not in (".", *seen):
                    seen.add(str(parent))
                    info = tarfile.TarInfo(str(parent))
                    info.type, info.mode = tarfile.DIRTYPE, 0o755
                    tar.addfile(info)
            if isinstance(content, tarfile.TarInfo):
                content.name = path
                tar.addfile(content)
                continue
            data = content.encode() if isinstance(content, str) else content
            info = tarfile.TarInfo(path)
            info.size, info.mode = len(data), 0o644
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


def pack_many_files(path, count, level):
    """Writes a gzip layer of so many empty files, without building it in memory; returns the tar's digest."""
    header = bytearray(tarfile.TarInfo("d/0000000").tobuf())
    digits, checksum = slice(2, 9), slice(148, 156)
    fixed = sum(header[:148]) + sum(header[156:]) + 8 * ord(" ") - sum(header[digits])
    plain = hashlib.sha256()
    with gzip.GzipFile(path, "wb", compresslevel=level, mtime=0) as packed:
        block = bytearray()
        for number in range(count):
            name = b"%07d" % number
            header[digits] = name
            header[checksum] = b"%06o\0 " % (fixed + sum(name))
            block += header
            if len(block) >= 1 << 20:
                plain.update(block)
                packed.write(block)
                block.clear()
        block += bytes(1024)
        plain.update(block)
        packed.write(block)
    return "sha256:" + plain.hexdigest()


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


class Layout:
    """An OCI layout made by hand, so that every part of it can be wrong on purpose."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        (self.folder / "blobs/sha256").mkdir(parents=True, exist_ok=True)
        (self.folder / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')
        self.layers, self.diff_ids, self.history = [], [], []

    def blob(self, data, media_type, name=None):
        name = name or digest(data)
        (self.folder / "blobs/sha256" / name.split(":")[1]).write_bytes(data)
        return {"mediaType": media_type, "digest": name, "size": len(data)}

    def layer(self, tar, compression="gzip", created_by="COPY . /", diff_id=None, name=None):
        suffix, data = {"gzip": ("+gzip", lambda: gzip.compress(tar, 6, mtime=0)),
                        "none": ("", lambda: tar),
                        "zstd": ("+zstd", lambda: subprocess.run(
                            ["zstd", "-qc"], input=tar, capture_output=True, check=True).stdout)}[compression]
        self.layers.append(self.blob(data(), "application/vnd.oci.image.layer.v1.tar" + suffix, name))
        self.diff_ids.append(diff_id or digest(tar))
        self.history.append({"created_by": created_by})
        return self

    def many_files_layer(self, count, level=6):
        packed = self.folder / "many.tar.gz"
        self.diff_ids.append(pack_many_files(packed, count, level))
        self.layers.append(self.blob(packed.read_bytes(), "application/vnd.oci.image.layer.v1.tar+gzip"))
        self.history.append({"created_by": f"{count} files"})
        packed.unlink()
        return self

    def finish(self, tag="latest", architecture="amd64", user="nobody"):
        config = self.blob(json.dumps({
            "architecture": architecture, "os": "linux", "created": "2026-01-01T00:00:00Z",
            "config": {"User": user}, "history": self.history,
            "rootfs": {"type": "layers", "diff_ids": self.diff_ids}}).encode(),
            "application/vnd.oci.image.config.v1+json")
        manifest = self.blob(json.dumps({
            "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": config, "layers": self.layers}).encode(),
            "application/vnd.oci.image.manifest.v1+json")
        manifest["annotations"] = {"org.opencontainers.image.ref.name": tag}
        (self.folder / "index.json").write_text(json.dumps(
            {"schemaVersion": 2, "manifests": [manifest]}))
        return self.folder


def unpack(folder, *trees):
    for tree in trees:
        for path, content in tree.items():
            target = pathlib.Path(folder) / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content.encode() if isinstance(content, str) else content)


def ids(report):
    return sorted(finding["id"] for finding in report["findings"])


def wait_for(condition, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.2)
    return False


def main(tests):
    """Runs functions named test_*; the last line says how many passed."""
    failed = 0
    chosen = [(name, test) for name, test in sorted(tests.items()) if name.startswith("test_")]
    for name, test in chosen:
        try:
            test()
            print("ok  ", name)
        except AssertionError as error:
            failed += 1
            print("FAIL", name, "\n   ", error)
    print(f"{len(chosen) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)
