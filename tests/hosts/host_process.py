"""A script host as a child process, spoken to in the frames of hosts/PROTOCOL.md."""
import json
import os
import pathlib
import select
import shutil
import socket
import struct
import subprocess
import tempfile
import time

FD = 3
# As the server starts them, though with nothing that keeps them apart: tests/process does that.
LAUNCH = ["{build}/hosts/sluice-launch", "--files", "1024", "--"]
MOST_BYTES = 64 << 20
COMMANDS = {
    "nodejs": (
        ["node", "--experimental-vm-modules", "{build}/hosts/node/main.js"],
        "hosts/node/main.js",
    ),
    "v8js": (
        ["node", "--jitless", "--no-expose-wasm", "{build}/hosts/v8/main.js"],
        "hosts/v8/main.js",
    ),
    "python3": (["python3", "-I", "{build}/hosts/python/main.py"], "hosts/python/main.py"),
    "python": (["python3", "-I", "{build}/hosts/python/main.py"], "hosts/python/main.py"),
    "php": (["{build}/hosts/php/sluice-php"], "hosts/php/sluice-php"),
}


class Gone(Exception):
    """The host ended, or closed its end of the connection."""


class Late(Exception):
    """No frame came in time."""


class Broken(Exception):
    """The host sent something that is no frame."""


def is_built(engine, build):
    return (build / COMMANDS[engine][1]).exists()


def reserve_descriptor():
    """Keeps descriptor 3 of this process taken, so that nothing of ours is ever given that number."""
    while (fd := os.open("/dev/null", os.O_RDONLY)) < FD:
        pass
    if fd != FD:
        os.close(fd)


def pack(kind, head, parts=()):
    if parts:
        head = dict(head, parts=[[name, form, len(data)] for name, form, data in parts])
    text = json.dumps(head, ensure_ascii=False).encode()
    body = kind.encode() + struct.pack("<I", len(text)) + text + b"".join(p[2] for p in parts)
    return struct.pack("<I", len(body)) + body


class Frame:
    def __init__(self, body):
        if len(body) < 5:
            raise Broken("a frame shorter than its own head")
        self.kind = chr(body[0])
        size = struct.unpack_from("<I", body, 1)[0]
        try:
            self.head = json.loads(body[5 : 5 + size])
        except ValueError as error:
            raise Broken(f"head of {self.kind} is no JSON: {error}") from error
        self.parts, at = {}, 5 + size
        for name, form, length in self.head.pop("parts", []):
            self.parts[name] = (form, body[at : at + length])
            at += length
        if at != len(body):
            raise Broken(f"the parts of {self.kind} do not add up: {at} of {len(body)} bytes")


class Host:
    """Starts the process and shakes hands. `hello` is the head it answered with."""

    def __init__(self, engine, build, config=None, memory_bytes=128 << 20, command=None):
        self.home = tempfile.mkdtemp(prefix="sluice-host-")
        self.noise = tempfile.TemporaryFile()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        env = {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "HOME": self.home,
            "SLUICE_FRAME": "json1",
        }
        line = command or [word.format(build=build) for word in LAUNCH + COMMANDS[engine][0]]
        self.process = subprocess.Popen(
            line,
            stdin=subprocess.DEVNULL,
            stdout=self.noise,
            stderr=self.noise,
            env=env,
            cwd=self.home,
            pass_fds=[FD],
            preexec_fn=lambda: os.dup2(theirs.fileno(), FD),
        )
        theirs.close()
        self.socket, self.buffer, self.loaded, self.stray = ours, bytearray(), set(), []
        try:
            self.send(
                pack("S", {"engine": engine, "config": config or {}, "memory_bytes": memory_bytes})
            )
            frame = self.receive(10)
            if frame.kind != "H" or frame.head.get("protocol") != "json1":
                raise Broken(f"not a hello: {frame.kind} {frame.head} {frame.parts}")
            self.hello = frame.head
        except Exception:
            self.kill()
            raise

    def send(self, data):
        self.socket.settimeout(10)
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError) as error:
            raise Gone("the host does not read any more") from error

    def receive(self, seconds):
        """The next frame, within `seconds`. Raises Late, Gone or Broken."""
        until = time.monotonic() + seconds
        while True:
            if len(self.buffer) >= 4:
                size = struct.unpack_from("<I", self.buffer)[0]
                if size > MOST_BYTES:
                    raise Broken(f"a frame of {size} bytes")
                if len(self.buffer) >= 4 + size:
                    body = bytes(self.buffer[4 : 4 + size])
                    del self.buffer[: 4 + size]
                    return Frame(body)
            left = until - time.monotonic()
            if left <= 0 or not select.select([self.socket], [], [], left)[0]:
                raise Late(f"no frame within {seconds:.1f} s")
            try:
                data = self.socket.recv(1 << 20)
            except ConnectionResetError:
                data = b""
            if not data:
                raise Gone(f"the host ended ({self.ending()})")
            self.buffer += data

    def ending(self):
        try:
            return f"exit {self.process.wait(2)}"
        except subprocess.TimeoutExpired:
            return "connection closed, process alive"

    def output(self):
        self.noise.seek(0)
        return self.noise.read().decode(errors="replace").strip()

    def close(self):
        """End of file on descriptor 3; true when the host left by itself."""
        self.socket.close()
        try:
            self.process.wait(5)
            left = True
        except subprocess.TimeoutExpired:
            left = False
        self.kill()
        return left

    def kill(self):
        self.socket.close()
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(pathlib.Path(self.home), ignore_errors=True)
