# SPDX-License-Identifier: Apache-2.0
"""A git repository served over HTTP on loopback by git's own backend, and commits to it."""
import http.server
import os
import pathlib
import subprocess
import threading

QUIET = dict(os.environ, GIT_CONFIG_NOSYSTEM="1", GIT_CONFIG_GLOBAL="/dev/null", GIT_TERMINAL_PROMPT="0",
             GIT_AUTHOR_NAME="Ann Example", GIT_AUTHOR_EMAIL="ann@example.org",
             GIT_COMMITTER_NAME="Ann Example", GIT_COMMITTER_EMAIL="ann@example.org")


def git(*arguments, cwd):
    done = subprocess.run(["git", *map(str, arguments)], cwd=cwd, env=QUIET, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


class Repository:
    """A work tree, and the bare repository that is served."""

    def __init__(self, folder):
        self.root = pathlib.Path(folder) / "served"
        self.bare = self.root / "policies"
        self.work = pathlib.Path(folder) / "work"
        self.bare.mkdir(parents=True)
        self.work.mkdir()
        git("init", "-q", "--bare", "-b", "main", ".", cwd=self.bare)
        git("init", "-q", "-b", "main", ".", cwd=self.work)
        git("remote", "add", "origin", self.bare, cwd=self.work)

    def commit(self, files, message="Change the policy", sign=None, form="ssh"):
        for path, text in files.items():
            target = self.work / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
        git("add", "-A", cwd=self.work)
        options = ["-c", f"gpg.format={form}", "-c", f"user.signingkey={sign}"] if sign else []
        git(*options, "commit", "-q", "-m", message, *(["-S"] if sign else []), cwd=self.work)
        git("push", "-q", "origin", "main", cwd=self.work)
        return git("rev-parse", "HEAD", cwd=self.work)


class Backend(http.server.BaseHTTPRequestHandler):
    root = None

    def respond(self):
        path, _, query = self.path.partition("?")
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        environment = dict(QUIET, GIT_PROJECT_ROOT=str(self.root), GIT_HTTP_EXPORT_ALL="1", PATH_INFO=path,
                           QUERY_STRING=query, REQUEST_METHOD=self.command, REMOTE_ADDR="127.0.0.1",
                           CONTENT_TYPE=self.headers.get("Content-Type", ""), CONTENT_LENGTH=str(length),
                           GIT_PROTOCOL=self.headers.get("Git-Protocol", ""),
                           HTTP_CONTENT_ENCODING=self.headers.get("Content-Encoding", ""))
        answer = subprocess.run(["git", "http-backend"], input=body, env=environment, capture_output=True).stdout
        head, _, content = answer.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line)
        self.send_response(int(headers.pop("Status", "200").split()[0]))
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = respond

    def log_message(self, *_):
        pass


class Server:
    """Serves a Repository until the with block ends; url is its address."""

    def __init__(self, repository):
        handler = type("Handler", (Backend,), {"root": repository.root})
        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}/policies"

    def __enter__(self):
        self.thread = threading.Thread(target=self.http.serve_forever, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.http.shutdown()
        self.http.server_close()
