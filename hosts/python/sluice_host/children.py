"""Processes that a run leaves behind. Orphans of its children come to the host (hosts/launch)."""

import os

_wait = os.waitpid  # a script may have put another in its place


def left():
    """True when one is still there. Those that have ended are taken off the table."""
    try:
        while _wait(-1, os.WNOHANG)[0] != 0:
            pass
    except ChildProcessError:  # none at all
        return False
    return True
