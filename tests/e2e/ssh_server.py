# SPDX-License-Identifier: Apache-2.0
"""A real sshd on loopback, and keys for it."""
import getpass
import os
import pathlib
import socket
import subprocess

from support import wait_for

SSHD = pathlib.Path("/usr/sbin/sshd")


def usable():
    return SSHD.exists() and os.geteuid() == 0


def make_key(path):
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", path.name, "-f", path], check=True)
    return path


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class SshServer:
    """Lets the key `user` in until the with block ends; url(path) is the address of a repository."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder) / "ssh"
        self.folder.mkdir()
        self.port = free_port()
        self.user, host = make_key(self.folder / "user"), make_key(self.folder / "host")
        self.known_hosts = self.folder / "known_hosts"
        self.known_hosts.write_text(f"[127.0.0.1]:{self.port} " + host.with_suffix(".pub").read_text())
        (self.folder / "authorized").write_text(self.user.with_suffix(".pub").read_text())
        self.config = self.folder / "config"
        self.config.write_text(
            f"ListenAddress 127.0.0.1:{self.port}\nHostKey {host}\nAuthorizedKeysFile {self.folder}/authorized\n"
            "PidFile none\nUsePAM no\nStrictModes no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n"
            "PermitRootLogin yes\n")

    def url(self, path):
        return f"ssh://{getpass.getuser()}@127.0.0.1:{self.port}{path}"

    def listens(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def __enter__(self):
        pathlib.Path("/run/sshd").mkdir(exist_ok=True)
        self.process = subprocess.Popen([SSHD, "-D", "-e", "-f", self.config], stderr=subprocess.DEVNULL)
        assert wait_for(self.listens), "sshd does not listen"
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


class Agent:
    """An SSH agent that holds a key until the with block ends."""

    def __init__(self, folder, key):
        self.socket, self.key = pathlib.Path(folder) / "agent", key
        self.environment = {"SSH_AUTH_SOCK": str(self.socket)}

    def __enter__(self):
        self.process = subprocess.Popen(["ssh-agent", "-D", "-a", self.socket], stdout=subprocess.DEVNULL)
        assert wait_for(self.socket.exists), "no agent"
        subprocess.run(["ssh-add", "-q", self.key], env={**os.environ, **self.environment}, check=True)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
