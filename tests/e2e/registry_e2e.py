# SPDX-License-Identifier: Apache-2.0
"""Images from a real registry (docker-registry) and from podman give what the layout gives."""
import os
import shutil
import signal
import socket
import subprocess
import time

import support
from support import APP, BASE, Layout, Workspace, ids, tar_of

EXPECTED = ["CVE-2026-10001", "CVE-2026-10002", "CVE-2026-10003"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Registry:
    def __init__(self, w):
        self.port = free_port()
        config = w.path / "registry.yml"
        config.write_text(f"version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: {w.path}/registry}}}}\n"
                          f"http: {{addr: '127.0.0.1:{self.port}'}}\n")
        self.process = subprocess.Popen(["docker-registry", "serve", str(config)], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)

    def __enter__(self):
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            time.sleep(0.05)
        raise AssertionError("docker-registry does not start")

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(10)


def image(w):
    layout = Layout(w.path / "image")
    return layout.layer(tar_of(BASE)).layer(tar_of(APP)).finish()


def test_a_registry_is_read_and_an_unchanged_image_is_not_downloaded_again():
    with Workspace() as w, Registry(w) as registry:
        db = w.database()
        name = f"127.0.0.1:{registry.port}/team/shop:1"
        pushed = subprocess.run(["skopeo", "copy", "-q", "--dest-tls-verify=false", f"oci:{image(w)}:latest",
                                 f"docker://{name}"], capture_output=True)
        assert pushed.returncode == 0, pushed.stderr
        done = w.run("scan", name, "--db", db, "-f", "json")
        assert done.code == 0 and ids(done.json()) == EXPECTED, done.err
        first = done.json()
        assert first["artifact"]["digest"].startswith("sha256:")
        # Blobs gone, manifests still there: the layers come from the cache.
        for layer in first["artifact"]["layers"]:
            shutil.rmtree(w.path / "registry/docker/registry/v2/blobs/sha256" / layer["digest"][7:9] / layer["digest"][7:])
        again = w.run("scan", name, "--db", db, "-f", "json")
        assert again.code == 0 and again.out == done.out, again.err
        fresh = w.run("scan", name, "--db", db, "-f", "json", "--no-cache")
        assert fresh.code == 1 and "layer" in fresh.err + fresh.out, fresh.err
        missing = w.run("scan", f"127.0.0.1:{registry.port}/team/none:1", "--db", db)
        assert missing.code == 1 and "team/none" in missing.err, missing.err


def test_podman():
    root = support.pathlib.Path(support.tempfile.mkdtemp(prefix="bulkhead-podman-"))
    podman = ["podman", "--root", str(root / "root"), "--runroot", str(root / "run"), "--storage-driver", "vfs",
              "--runtime", "runc", "--cgroup-manager", "cgroupfs"]
    try:
        with Workspace() as w:
            db = w.database()
            (w.path / "root.tar").write_bytes(tar_of({**BASE, **APP}))
            done = subprocess.run([*podman, "import", str(w.path / "root.tar"), "shop:1"], capture_output=True)
            assert done.returncode == 0, done.stderr
            service = subprocess.Popen([*podman, "system", "service", "--time=0", f"unix://{w.path}/podman.sock"],
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                for _ in range(200):
                    if os.path.exists(w.path / "podman.sock"):
                        break
                    time.sleep(0.05)
                done = w.run("scan", "podman:localhost/shop:1", "--db", db, "-f", "json",
                             env={"CONTAINER_HOST": f"unix://{w.path}/podman.sock"})
                assert done.code == 0 and ids(done.json()) == EXPECTED, done.err
            finally:
                service.terminate()
                service.wait(10)
    finally:
        shutil.rmtree(root, ignore_errors=True)


support.main(globals())
