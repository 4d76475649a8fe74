#!/usr/bin/env python3
"""Runs a command with a throw-away PostgreSQL at $SLUICE_TEST_POSTGRES, and ends both whatever happens.

    tests/with_postgres.py command [argument ...]

Where no PostgreSQL is installed the command runs without the variable, and says so itself.
"""

import os
import signal
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness.postgres import Postgres  # noqa: E402


def stop(number, _):
    sys.exit(128 + number)


def main():
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, stop)
    server, command = None, None
    try:
        try:
            server = Postgres()
        except RuntimeError as fault:
            print(f"no PostgreSQL for the tests: {fault}", flush=True)
        environment = dict(os.environ)
        if server:
            environment["SLUICE_TEST_POSTGRES"] = server.url()
        command = subprocess.Popen(sys.argv[1:], env=environment)
        return command.wait()
    finally:
        if command and command.poll() is None:
            command.terminate()
            command.wait()
        if server:
            server.close()


if __name__ == "__main__":
    sys.exit(main())
