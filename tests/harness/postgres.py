"""A throw-away PostgreSQL: its own cluster in a temporary folder, on a free loopback port."""

import glob
import os
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
import time

# Crash safety of PostgreSQL itself is not what is tested; without it a cluster starts in 2 s.
SETTINGS = """
listen_addresses = '127.0.0.1'
fsync = off
synchronous_commit = off
full_page_writes = off
max_connections = 200
shared_buffers = 64MB
log_min_messages = warning
"""


def binaries():
    """The newest installed version's folder, or None."""
    folders = glob.glob("/usr/lib/postgresql/*/bin")
    folders = [folder for folder in folders if os.path.exists(folder + "/initdb")]
    return max(folders, key=lambda f: float(f.split("/")[-2]), default=None)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Postgres:
    """Starts on construction; `close()` ends it and removes what it wrote. Fails with RuntimeError."""

    user = "sluice"

    def __init__(self):
        self.bin = binaries()
        if not self.bin:
            raise RuntimeError("no PostgreSQL server is installed")
        self.folder = tempfile.mkdtemp(prefix="sluice-postgres.")
        self.data = self.folder + "/data"
        self.account = self._account()
        if self.account:
            os.chown(self.folder, self.account.pw_uid, self.account.pw_gid)
        self.port = free_port()
        try:
            self._run("initdb", "-D", self.data, "-U", self.user, "--auth=trust")
            self._configure()
            self.start()
        except Exception:
            self.close()
            raise

    @staticmethod
    def _account():
        """PostgreSQL refuses to run as root: then as its own user, else as nobody."""
        if os.getuid() != 0:
            return None
        for name in ("postgres", "nobody"):
            try:
                return pwd.getpwnam(name)
            except KeyError:
                continue
        raise RuntimeError("no account to run PostgreSQL under")

    def _run(self, program, *arguments, timeout=120):
        command = [f"{self.bin}/{program}", *arguments]
        drop = {}
        if self.account:
            drop = {
                "user": self.account.pw_uid,
                "group": self.account.pw_gid,
                "extra_groups": [],
                "cwd": self.folder,
            }
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
            timeout=timeout,
            text=True,
            **drop,
        )
        if done.returncode != 0:
            raise RuntimeError(f"{program} failed: {done.stdout.strip()}")
        return done.stdout

    def _configure(self):
        with open(self.data + "/postgresql.conf", "a", encoding="utf-8") as out:
            out.write(SETTINGS)
            out.write(f"port = {self.port}\nunix_socket_directories = '{self.folder}'\n")

    def start(self):
        self._run("pg_ctl", "-D", self.data, "-l", self.folder + "/log", "-w", "-t", "60", "start")

    def stop(self, mode="fast"):
        """`immediate` is how a crash looks to the clients."""
        self._run("pg_ctl", "-D", self.data, "-m", mode, "-w", "-t", "60", "stop")

    def url(self, database="postgres"):
        return f"postgres://{self.user}@127.0.0.1:{self.port}/{database}"

    def sql(self, text, database="postgres"):
        """Runs statements; the answer's rows as lines, columns joined by '|'."""
        done = subprocess.run(
            [
                f"{self.bin}/psql",
                "-X",
                "-q",
                "-A",
                "-t",
                "-v",
                "ON_ERROR_STOP=1",
                self.url(database),
            ],
            input=text,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
        )
        if done.returncode != 0:
            raise RuntimeError(f"psql failed: {done.stderr.strip()}")
        return done.stdout.strip()

    def close(self):
        try:
            if os.path.exists(self.data + "/postmaster.pid"):
                self.stop("immediate")
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)


class Borrowed(Postgres):
    """A server that somebody else started and will stop: only its URL is known."""

    def __init__(self, url):
        matched = re.match(r"postgres(?:ql)?://([^:@/]+)(?::[^@]*)?@([\d.]+|localhost):(\d+)", url)
        if not matched:
            raise RuntimeError(
                "a borrowed PostgreSQL needs a URL like postgres://user@host:port/db"
            )
        self.bin = binaries()
        self.user, self.port = matched.group(1), int(matched.group(3))

    def close(self):
        pass


def wait_until(condition, seconds=30, pause=0.05):
    """True as soon as `condition()` is; False when the time is over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(pause)
    return False
