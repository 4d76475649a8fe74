"""The real binary: started on its own data folder, asked as the administrator, stopped."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time

from . import client

EMAIL = "admin@example.com"
PASSWORD = "correct horse battery"
# The app that every instance has; its key is public and only names the caller's program.
ADMIN_KEY = "6498a8ad1beb9d84d63035c5d1120c007fad6de706734db9689f8996707e0f7d"

READY = re.compile(r"^listening on https?://([\d.]+):(\d+)", re.M)


def clean_environment(extra=None):
    """Nothing of the developer's own settings reaches the server under test."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if name
        in ("PATH", "HOME", "LANG", "TMPDIR", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS")
    }
    environment.update({"SLUICE_ADMIN_EMAIL": EMAIL, "SLUICE_ADMIN_PASSWORD": PASSWORD})
    environment.update(extra or {})
    return environment


class Server:
    """One process. `data` is made, and removed by `close()`, when none is given."""

    def __init__(self, build, data=None, arguments=(), environment=None, start=True, limits=None):
        self.binary = os.path.join(build, "sluice")
        self.owns_data = data is None
        self.data = data or tempfile.mkdtemp(prefix="sluice-data.")
        self.arguments = list(arguments)
        self.environment = clean_environment(environment)
        self.limits = limits
        self.process = None
        self.address = None
        self.token = None
        self.logs = tempfile.mkdtemp(prefix="sluice-logs.")
        self.starts = 0
        if start:
            try:
                self.start()
            except Exception:
                self.close()
                raise

    # -- life ------------------------------------------------------------------------------------

    def start(self, listen="127.0.0.1:0", ready_seconds=60):
        """Returns when the server says that it listens. Raises RuntimeError with its output otherwise."""
        self.starts += 1
        self.token = None
        self.output = os.path.join(self.logs, f"{self.starts}.out")
        self.log = os.path.join(self.logs, f"{self.starts}.log")
        command = [self.binary, "serve", "--listen", listen, "--data", self.data, *self.arguments]
        with open(self.output, "wb") as out, open(self.log, "wb") as err:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                env=self.environment,
                preexec_fn=self.limits,
            )
        end = time.monotonic() + ready_seconds
        while time.monotonic() < end:
            ready = READY.search(read(self.output))
            if ready:
                self.address = (ready.group(1), int(ready.group(2)))
                return self
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        state = self.process.poll()
        self.kill()
        raise RuntimeError(f"the server did not start (exit {state}):\n{self.tail(30)}")

    @property
    def is_alive(self):
        return self.process is not None and self.process.poll() is None

    def kill(self, how=signal.SIGKILL):
        """Ends it at once, and waits until it is gone."""
        if self.is_alive:
            self.process.send_signal(how)
        if self.process is not None:
            self.process.wait(30)

    def terminate(self, seconds=30):
        """SIGTERM; the exit status, or RuntimeError when it does not leave in time."""
        if self.is_alive:
            self.process.terminate()
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise RuntimeError(f"no exit within {seconds} s of SIGTERM") from None

    def close(self):
        try:
            if self.is_alive:
                self.terminate()
        finally:
            self.kill()
            shutil.rmtree(self.logs, ignore_errors=True)
            if self.owns_data:
                shutil.rmtree(self.data, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # -- what it wrote ---------------------------------------------------------------------------

    def log_text(self):
        return read(self.output) + read(self.log)

    def tail(self, lines=20):
        return "\n".join(self.log_text().splitlines()[-lines:])

    def sanitizer_report(self):
        """The first lines of a sanitizer's report, or None."""
        text = read(self.log)
        found = re.search(r"(ERROR: \w+Sanitizer|runtime error:|WARNING: ThreadSanitizer)", text)
        return text[found.start() : found.start() + 3000] if found else None

    # -- asking ----------------------------------------------------------------------------------

    def request(self, method, path, headers=(), body=None, timeout=60):
        return client.request(self.address, method, path, headers, body, timeout)

    def admin_headers(self):
        if self.token is None:
            self.token = self._log_in()
        return {
            "X-DreamFactory-API-Key": ADMIN_KEY,
            "X-DreamFactory-Session-Token": self.token,
        }

    def _log_in(self):
        answer = self.request(
            "POST",
            "/api/v2/system/admin/session",
            {"X-DreamFactory-API-Key": ADMIN_KEY},
            {"email": EMAIL, "password": PASSWORD},
        )
        if answer.status != 200:
            raise RuntimeError(f"the administrator cannot log in: {answer}")
        return answer.json["session_token"]

    def admin(self, method, path, body=None, allow=(200, 201)):
        """As the administrator under /api/v2; the decoded answer. RuntimeError on another status."""
        answer = self.request(method, "/api/v2/" + path, self.admin_headers(), body)
        if allow and answer.status not in allow:
            raise RuntimeError(f"{method} {path}: {answer}")
        return answer.json if answer.body else None


def read(path):
    try:
        with open(path, "r", encoding="utf-8", errors="replace") as source:
            return source.read()
    except FileNotFoundError:
        return ""
