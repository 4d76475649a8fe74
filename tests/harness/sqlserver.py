"""A SQL Server that somebody else runs: at $SLUICE_TEST_SQLSRV_HOST, with _PORT, _USER and _PASSWORD. There is none
that could be started here."""

import os
import shutil
import subprocess


class Borrowed:
    """Fails with RuntimeError where none is named, or the client program is missing."""

    def __init__(self):
        host = os.environ.get("SLUICE_TEST_SQLSRV_HOST")
        if not host:
            raise RuntimeError("no SQL Server is named by SLUICE_TEST_SQLSRV_HOST")
        if not shutil.which("tsql"):
            raise RuntimeError("the program tsql is missing (Debian: freetds-bin)")
        self.config = {
            "host": host,
            "port": int(os.environ.get("SLUICE_TEST_SQLSRV_PORT", "1433")),
            "username": os.environ.get("SLUICE_TEST_SQLSRV_USER", "sa"),
            "password": os.environ.get("SLUICE_TEST_SQLSRV_PASSWORD", ""),
        }

    def sql(self, text):
        """Runs batches that are parted by lines of GO."""
        config = self.config
        done = subprocess.run(
            [
                "tsql",
                "-H",
                config["host"],
                "-p",
                str(config["port"]),
                "-U",
                config["username"],
                "-P",
                config["password"],
                "-J",
                "UTF-8",
                "-o",
                "q",
            ],
            input=text + "\nEXIT\n",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
        )
        # tsql ends well whatever the server said; what is an error begins so.
        faults = [line for line in done.stdout.splitlines() if line.startswith("Msg ")]
        faults = [line for line in faults if "Severity 0" not in line and "Severity 10" not in line]
        if done.returncode != 0 or faults:
            raise RuntimeError(f"tsql failed: {done.stdout.strip()[-2000:]}")

    def close(self):
        pass
