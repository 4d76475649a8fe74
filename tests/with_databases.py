#!/usr/bin/env python3
"""Runs a command with a throw-away PostgreSQL at $SLUICE_TEST_POSTGRES and a throw-away MariaDB at $SLUICE_TEST_MYSQL,
and ends them and it whatever happens.

    tests/with_databases.py command [argument ...]

Where one of them is not installed the command runs without its variable, and says so itself.
"""

import os
import signal
import subprocess
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness.mariadb import MariaDb  # noqa: E402
from harness.postgres import Postgres  # noqa: E402

KINDS = {
    "PostgreSQL": ("SLUICE_TEST_POSTGRES", Postgres),
    "MariaDB": ("SLUICE_TEST_MYSQL", MariaDb),
}


def stop(number, _):
    sys.exit(128 + number)


def start(name, make, servers):
    try:
        servers[name] = make()
    except RuntimeError as fault:
        print(f"no {name} for the tests: {fault}", flush=True)


def main():
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, stop)
    servers, command = {}, None
    starting = [
        threading.Thread(target=start, args=(name, make, servers))
        for name, (_, make) in KINDS.items()
    ]
    try:
        for thread in starting:
            thread.start()
        for thread in starting:
            thread.join()
        environment = dict(os.environ)
        for name, server in servers.items():
            environment[KINDS[name][0]] = server.url()
        command = subprocess.Popen(sys.argv[1:], env=environment)
        return command.wait()
    finally:
        if command and command.poll() is None:
            command.terminate()
            command.wait()
        for thread in starting:
            thread.join()
        for server in servers.values():
            server.close()


if __name__ == "__main__":
    sys.exit(main())
