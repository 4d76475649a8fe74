"""A throw-away PostgreSQL: its own cluster in a temporary folder, on a free loopback port."""

import glob
import os
import re
import subprocess

from .database_server import DatabaseServer

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


class Postgres:
    """Starts on construction; `close()` ends it and removes what it wrote. Fails with RuntimeError."""

    user = "sluice"

    def __init__(self):
        self.bin = binaries()
        if not self.bin:
            raise RuntimeError("no PostgreSQL server is installed")
        self.place = DatabaseServer("postgres", ("postgres", "nobody"))
        self.data, self.port = self.place.data, self.place.port
        try:
            self._run("initdb", "-D", self.data, "-U", self.user, "--auth=trust")
            self._configure()
            self.start()
        except Exception:
            self.close()
            raise

    def _run(self, program, *arguments):
        return self.place.run(f"{self.bin}/{program}", *arguments)

    def _configure(self):
        with open(self.data + "/postgresql.conf", "a", encoding="utf-8") as out:
            out.write(SETTINGS)
            out.write(f"port = {self.port}\nunix_socket_directories = '{self.place.folder}'\n")

    def start(self):
        self._run(
            "pg_ctl", "-D", self.data, "-l", self.place.folder + "/log", "-w", "-t", "60", "start"
        )

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

    def end_connections(self):
        self.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )

    def make_slow_view(self, database):
        self.sql("CREATE VIEW slow AS SELECT 1 AS id, pg_sleep(60)::text AS t", database)

    def count_running(self, words):
        """Statements under way that hold `words`."""
        return int(
            self.sql(
                "SELECT count(*) FROM pg_stat_activity"
                f" WHERE query LIKE '%{words}%' AND state = 'active' AND pid <> pg_backend_pid()"
            )
        )

    def count_open_transactions(self):
        idle = "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'"
        return int(self.sql(idle))

    def pid(self):
        with open(self.data + "/postmaster.pid", encoding="ascii") as source:
            return int(source.readline())

    def close(self):
        try:
            if os.path.exists(self.data + "/postmaster.pid"):
                self.stop("immediate")
        finally:
            self.place.remove()


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
