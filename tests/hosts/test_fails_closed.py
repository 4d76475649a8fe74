"""The sandbox does not say hello on a system that refuses to confine it."""
import ctypes
import errno
import os
import pathlib
import socket
import struct
import subprocess

import pytest

from host_process import COMMANDS, is_built, pack

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = pathlib.Path(os.environ.get("SLUICE_BUILD", ROOT / "build" / "debug"))
# Numbers of x86-64. Each with the first argument that is refused, or None for every call.
REFUSED = {"seccomp": (317, None), "rlimits": (302, None), "no_new_privs": (157, 38)}
LOAD, EQUAL, GIVE = 0x20, 0x15, 0x06
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM
SET_FILTER, NO_NEW_PRIVS = 22, 38

pytestmark = [
    pytest.mark.skipif(os.uname().machine != "x86_64", reason="call numbers of x86-64"),
    pytest.mark.skipif(not is_built("v8js", BUILD), reason="the sandbox is not built"),
]


def refuse(number, argument):
    """From now on this process and its children get EPERM for a system call."""
    steps = [(LOAD, 0, 0, 0), (EQUAL, 0, 1 if argument is None else 3, number)]
    if argument is not None:
        steps += [(LOAD, 0, 0, 16), (EQUAL, 0, 1, argument)]
    steps += [(GIVE, 0, 0, REFUSE), (GIVE, 0, 0, ALLOW)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    head = struct.pack("HxxxxxxP", len(steps), ctypes.addressof(code))
    program = ctypes.create_string_buffer(head)
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(NO_NEW_PRIVS, 1, 0, 0, 0)
    if libc.prctl(SET_FILTER, 2, program, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "no filter")


def start(number_and_argument):
    """Exit code, what came on the connection, standard error."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    at = theirs.fileno()

    def prepare():
        os.dup2(at, 3)
        os.set_inheritable(3, True)
        refuse(*number_and_argument)

    line = [word.format(build=BUILD) for word in COMMANDS["v8js"][0]]
    with ours, subprocess.Popen(
        line, stderr=subprocess.PIPE, close_fds=False, preexec_fn=prepare
    ) as process:
        theirs.close()
        ours.settimeout(20)
        ours.sendall(pack("S", {"engine": "v8js", "config": {}, "memory_bytes": 64 << 20}))
        try:
            said = ours.recv(4096)
        except ConnectionResetError:
            said = b""
        ours.close()
        try:
            return process.wait(20), said, process.stderr.read().decode()
        finally:
            if process.poll() is None:
                process.kill()


@pytest.mark.parametrize("measure", list(REFUSED))
def test_a_refused_measure_ends_the_sandbox(measure):
    code, said, error = start(REFUSED[measure])
    assert (code, said) == (4, b""), error
    lines = error.splitlines()
    assert len(lines) == 1, error
    assert lines[0].startswith("the sandbox does not start: this system refuses: ")
    assert measure in lines[0]


def test_refusing_something_else_changes_nothing():
    """The harness itself does not keep the host from starting."""
    _, said, error = start((316, None))
    assert b'"sandbox":["rlimits","no_new_privs","seccomp"]' in said, error
