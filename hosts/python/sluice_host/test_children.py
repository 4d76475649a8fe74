"""Facts about children.py."""

import os
import signal
import subprocess
import sys
import time

from . import children


def test_a_process_without_children_left_none():
    assert children.left() is False


def test_a_child_that_lives_is_left():
    child = subprocess.Popen(["sleep", "60"])
    assert children.left() is True
    os.kill(child.pid, signal.SIGKILL)
    child.wait()


def test_children_that_have_ended_are_reaped_and_not_left():
    pids = [os.fork() for _ in range(1)]
    if 0 in pids:
        os._exit(0)
    end = time.monotonic() + 5
    while children.left() and time.monotonic() < end:
        time.sleep(0.01)
    assert children.left() is False
    try:
        os.kill(pids[0], 0)
    except ProcessLookupError:
        return
    raise AssertionError("still on the table")


def test_a_script_that_replaces_waitpid_hides_nothing(monkeypatch):
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    monkeypatch.setattr(os, "waitpid", lambda *_: (_ for _ in ()).throw(ChildProcessError()))
    assert children.left() is True
    monkeypatch.undo()
    child.kill()
    child.wait()
