"""What throw-away database servers share: a folder and an account of their own, a free loopback port."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition, seconds=30, pause=0.05):
    """True as soon as `condition()` is; False when the time is over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(pause)
    return False


class DatabaseServer:
    """A folder with `data` in it. Database servers refuse to run as root: then they run as another account."""

    def __init__(self, name, accounts):
        self.folder = tempfile.mkdtemp(prefix=f"sluice-{name}.")
        self.data = self.folder + "/data"
        self.account = self._account(accounts)
        if self.account:
            os.chown(self.folder, self.account.pw_uid, self.account.pw_gid)
        self.port = free_port()

    @staticmethod
    def _account(names):
        if os.getuid() != 0:
            return None
        for name in names:
            try:
                return pwd.getpwnam(name)
            except KeyError:
                continue
        raise RuntimeError("no account to run the database server under")

    def environment(self):
        """Keyword arguments for subprocess: who runs it, and with which variables."""
        arguments = {
            "stdin": subprocess.DEVNULL,
            "env": {"PATH": "/usr/sbin:/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
        }
        if self.account:
            arguments.update(
                user=self.account.pw_uid,
                group=self.account.pw_gid,
                extra_groups=[],
                cwd=self.folder,
            )
        return arguments

    def run(self, *command, timeout=120):
        done = subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=timeout,
            text=True,
            **self.environment(),
        )
        if done.returncode != 0:
            program = os.path.basename(command[0])
            raise RuntimeError(f"{program} failed: {done.stdout.strip()}")
        return done.stdout

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)
