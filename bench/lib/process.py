"""What a process and its children cost: CPU time and memory, from /proc."""

import os
import re
import signal
import subprocess
import time

TICK_US = 1e6 / os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
READY = re.compile(rb"^listening on http://([\d.]+):(\d+)", re.M)


def stat(pid):
    """The fields of /proc/PID/stat after the name, or None when it is gone."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as source:
            return source.read().rsplit(b") ", 1)[1].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def tree(root):
    """The process and everything it started that still runs."""
    children = {}
    for name in os.listdir("/proc"):
        fields = stat(name) if name.isdigit() else None
        if fields:
            children.setdefault(int(fields[1]), []).append(int(name))
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting.extend(children.get(pid, ()))
    return found


def cpu_us(root):
    """User and system time of the whole tree, with that of the children it has already buried."""
    total = 0
    for pid in tree(root):
        fields = stat(pid)
        if fields:
            total += sum(map(int, fields[11:15]))
    return total * TICK_US


def resident_bytes(pid):
    fields = stat(pid)
    return int(fields[21]) * PAGE if fields else 0


def proportional_bytes(pid):
    """Shared pages counted in parts (Pss); 0 where the kernel does not tell."""
    try:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as source:
            found = re.search(r"^Pss:\s+(\d+) kB", source.read(), re.M)
            return int(found.group(1)) * 1024
    except (FileNotFoundError, PermissionError, ProcessLookupError):
        return 0


def keep_on(core):
    """For preexec_fn: the process and all its children stay on this core."""
    return lambda: os.sched_setaffinity(0, {core})


class Program:
    """A floor program on its own core that prints `listening on http://...`."""

    def __init__(self, command, core):
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            preexec_fn=keep_on(core),
        )
        line = self.process.stdout.readline()
        ready = READY.search(line)
        if not ready:
            self.close()
            raise RuntimeError(f"{command[0]} did not start: {line!r}")
        self.address = (ready.group(1).decode(), int(ready.group(2)))

    @property
    def pid(self):
        return self.process.pid

    def close(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def wait_until(holds, seconds=10):
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
