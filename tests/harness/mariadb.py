"""A throw-away MariaDB: its own data folder, on a free loopback port."""

import os
import re
import shutil
import signal
import subprocess

from .database_server import DatabaseServer, wait_until

# Crash safety of MariaDB itself is not what is tested.
OPTIONS = [
    "--bind-address=127.0.0.1",
    "--skip-name-resolve",
    "--skip-log-bin",
    "--innodb-flush-log-at-trx-commit=2",
    "--innodb-doublewrite=0",
    "--innodb-use-native-aio=0",
    "--innodb-file-per-table=0",
    "--innodb-buffer-pool-size=64M",
    "--innodb-log-file-size=16M",
    "--innodb-fast-shutdown=2",
    "--max-connections=200",
    "--character-set-server=utf8mb4",
]
SERVER = "/usr/sbin/mariadbd"
INSTALL = "/usr/bin/mariadb-install-db"
CLIENT = "/usr/bin/mariadb"


def is_installed():
    return all(os.path.exists(program) for program in (SERVER, INSTALL, CLIENT))


class MariaDb:
    """Starts on construction; `close()` ends it and removes what it wrote. Fails with RuntimeError."""

    user = "sluice"
    password = "sluice test"

    def __init__(self, options=()):
        self.options = [*OPTIONS, *options]
        if not is_installed():
            raise RuntimeError("no MariaDB server is installed")
        self.place = DatabaseServer("mariadb", ("mysql", "nobody"))
        self.port = self.place.port
        self.process = None
        try:
            self.place.run(
                INSTALL,
                "--no-defaults",
                f"--datadir={self.place.data}",
                f"--tmpdir={self.place.folder}",
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
                "--skip-name-resolve",
                "--innodb-use-native-aio=0",
                "--innodb-file-per-table=0",
                "--innodb-log-file-size=16M",
            )
            self._make_user()
            self.start()
        except Exception:
            self.close()
            raise

    def _make_user(self):
        self.init = self.place.folder + "/init.sql"
        with open(self.init, "w", encoding="utf-8") as out:
            for host in ("127.0.0.1", "localhost"):
                who = f"'{self.user}'@'{host}'"
                out.write(f"CREATE USER IF NOT EXISTS {who} IDENTIFIED BY '{self.password}';\n")
                out.write(f"GRANT ALL ON *.* TO {who} WITH GRANT OPTION;\n")
        os.chmod(self.init, 0o644)

    @property
    def socket(self):
        return self.place.folder + "/s"

    def start(self):
        with open(self.place.folder + "/log", "ab") as log:
            self.process = subprocess.Popen(
                [
                    SERVER,
                    "--no-defaults",
                    f"--datadir={self.place.data}",
                    f"--port={self.port}",
                    f"--socket={self.socket}",
                    f"--pid-file={self.place.folder}/pid",
                    # A server that starts removes what others have left in theirs.
                    f"--tmpdir={self.place.folder}",
                    f"--init-file={self.init}",
                    *self.options,
                ],
                stdout=log,
                stderr=log,
                **self.place.environment(),
            )
        if not wait_until(self._answers, 60):
            with open(self.place.folder + "/log", encoding="utf-8", errors="replace") as said:
                raise RuntimeError("mariadbd does not answer: " + said.read()[-2000:])

    def _answers(self):
        if self.process.poll() is not None:
            return False
        try:
            return self.sql("SELECT 1") == "1"
        except RuntimeError:
            return False

    def stop(self, mode="fast"):
        """`immediate` is how a crash looks to the clients."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL if mode == "immediate" else signal.SIGTERM)
        self.process.wait(60)
        self.process = None

    def url(self, database=""):
        password = self.password.replace(" ", "%20")
        return f"mysql://{self.user}:{password}@127.0.0.1:{self.port}/{database}"

    def sql(self, text, database="", tls=False):
        """Runs statements; the answer's rows as lines, columns joined by '|'."""
        done = subprocess.run(
            [
                CLIENT,
                "--no-defaults",
                "--batch",
                "--skip-column-names",
                "--default-character-set=utf8mb4",
                "--protocol=tcp",
                "--host=127.0.0.1",
                f"--port={self.port}",
                f"--user={self.user}",
                "--ssl" if tls else "--skip-ssl",
                *([database] if database else []),
            ],
            input=text,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "MYSQL_PWD": self.password},
            text=True,
            timeout=60,
        )
        if done.returncode != 0:
            raise RuntimeError(f"mariadb failed: {done.stderr.strip()}")
        return done.stdout.strip().replace("\t", "|")

    def end_connections(self):
        others = self.sql(
            "SELECT ID FROM information_schema.PROCESSLIST"
            f" WHERE USER = '{self.user}' AND ID <> CONNECTION_ID()"
        )
        self.sql("".join(f"KILL {number};" for number in others.split()))

    def make_slow_view(self, database):
        self.sql("CREATE VIEW slow AS SELECT 1 AS id, SLEEP(60) AS t", database)

    def count_running(self, words):
        """Statements under way that hold `words`."""
        return int(
            self.sql(
                "SELECT COUNT(*) FROM information_schema.PROCESSLIST"
                f" WHERE INFO LIKE '%{words}%' AND ID <> CONNECTION_ID()"
            )
        )

    def count_open_transactions(self):
        return int(self.sql("SELECT COUNT(*) FROM information_schema.INNODB_TRX"))

    def pid(self):
        return self.process.pid

    def close(self):
        try:
            self.stop("immediate")
        finally:
            self.place.remove()


class Borrowed(MariaDb):
    """A server that somebody else started and will stop: only its URL is known."""

    def __init__(self, url):
        matched = re.match(r"mysql://([^:@/]+):([^@]*)@([\d.]+|localhost):(\d+)", url)
        if not matched or not shutil.which(CLIENT):
            raise RuntimeError(
                "a borrowed MariaDB needs a URL like mysql://user:password@host:port/, and the program mariadb"
            )
        self.user, self.port = matched.group(1), int(matched.group(4))
        self.password = matched.group(2).replace("%20", " ")

    def close(self):
        pass
