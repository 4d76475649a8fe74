"""The processes below a server, read from /proc, and what it says of them."""

import os

from harness.database_server import wait_until


def parent_of(process):
    try:
        with open(f"/proc/{process}/stat", encoding="utf-8", errors="replace") as stat:
            text = stat.read()
    except OSError:
        return None
    state, parent = text[text.rindex(")") + 2 :].split()[:2]
    return None if state == "Z" else int(parent)


def below(root):
    """Every living descendant of `root`."""
    parents = {int(name): parent_of(name) for name in os.listdir("/proc") if name.isdigit()}
    found, before = {root}, 0
    while len(found) != before:
        before = len(found)
        found |= {child for child, parent in parents.items() if parent in found}
    return found - {root}


def is_alive(process):
    return parent_of(process) is not None


def command_of(process):
    try:
        with open(f"/proc/{process}/cmdline", "rb") as source:
            return source.read().replace(b"\0", b" ").decode("utf-8", "replace")
    except OSError:
        return ""


def hosts_of(server, word=""):
    """The script hosts of a server whose command line holds `word`."""
    return [p for p in below(server.process.pid) if word in command_of(p)]


def says(server, word, seconds=10):
    """Its log does, or soon will: another thread writes the lines, after what they tell of."""
    return wait_until(lambda: word in server.log_text(), seconds)
