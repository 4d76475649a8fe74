"""The facts of the machine, without which a figure means nothing."""

import os
import platform
import re
import subprocess
import time


def first_line(command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20)
        return (done.stdout or done.stderr).strip().splitlines()[0]
    except (OSError, IndexError, subprocess.TimeoutExpired):
        return None


def cpu_model():
    with open("/proc/cpuinfo", encoding="utf-8") as source:
        found = re.search(r"^model name\s*:\s*(.+)$", source.read(), re.M)
    return found.group(1) if found else platform.machine()


def memory_bytes():
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def facts(repository):
    return {
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "commit": first_line(["git", "-C", str(repository), "describe", "--always", "--dirty"]),
        "cpu": cpu_model(),
        "cores": os.cpu_count(),
        "memory_bytes": memory_bytes(),
        "kernel": platform.release(),
        "load_before": os.getloadavg()[0],
        "wrk": first_line(["wrk", "-v"]),
        "node": first_line(["/usr/bin/node", "--version"]),
        "php": first_line(["/usr/bin/php", "--version"]),
        "python3": first_line(["/usr/bin/python3", "--version"]),
    }
