"""A host that does what the text of its script says: for the tests of the pool.

Its text is a list of words: `sleep SECONDS`, `spin SECONDS`, `exit CODE`, `call PATH`, `retire`, `retire_at FILE` (when
it is there; takes it away), `count FILE` (a byte more in it), `throw`, `noise`, `starve`, `break`, `forge` (a done
frame for another run), `answer` (the same for its own), `greet` (a hello), `log OFFSET` (for the run at that distance),
`pester CALLS` (and reads no reply), `chatter LINES` (of 1 KB, past the frames), `peek SECONDS` (status 299 when more
came in). The engine name in the setup frame may be `silent` (never answers), `stillborn` (exits) or `late`
(answers after 0.4 s).
"""

import json
import os
import select
import socket
import struct
import sys
import time

stream = socket.socket(fileno=3)
texts = {}


def receive(count):
    data = b""
    while len(data) < count:
        more = stream.recv(count - len(data))
        if not more:
            sys.exit(0)
        data += more
    return data


def read_frame():
    (length,) = struct.unpack("<I", receive(4))
    body = receive(length)
    (head_length,) = struct.unpack("<I", body[1:5])
    head = json.loads(body[5 : 5 + head_length])
    return body[:1].decode(), head, body[5 + head_length :]


def send(kind, head, content=None):
    if content is not None:
        head["parts"] = [["return", "json", len(content)]]
    text = json.dumps(head).encode()
    body = kind.encode() + struct.pack("<I", len(text)) + text + (content or b"")
    stream.sendall(struct.pack("<I", len(body)) + body)


LAST_WORDS = {
    "v8": b"FATAL ERROR: Reached heap limit - JavaScript heap out of memory\n",
    "young": b"FATAL ERROR: Committing semi space failed. Allocation failed - JavaScript heap out of memory\n",
    "node": b"terminate called after throwing an instance of 'std::bad_alloc'\n  what():  std::bad_alloc\n",
    "php": b"Hard memory limit of 268435456 bytes exhausted (tried to allocate 9 bytes) in x\n",
}


def perform(run, words):
    """Gives the done frame's members besides the run."""
    done = {}
    while words:
        word = words.pop(0)
        if word == "sleep":
            time.sleep(float(words.pop(0)))
        elif word == "exit":
            os._exit(int(words.pop(0)))
        elif word == "call":
            send("C", {"run": run, "call": 1, "method": "GET", "path": words.pop(0)})
            kind, head, _ = read_frame()
            assert kind == "Y", kind
            done["response"] = {"status_code": head["status_code"]}
        elif word == "retire":
            done["retire"] = "it was told to"
        elif word == "retire_at":
            path = words.pop(0)
            if os.path.exists(path):
                os.remove(path)
                done["retire"] = "it was told to"
        elif word == "count":
            with open(words.pop(0), "a", encoding="ascii") as file:
                file.write("x")
        elif word == "throw":
            done["error"] = {"message": "thrown"}
        elif word == "noise":
            print("D\0\0\0{}", flush=True)
        elif word == "spin":
            until = time.process_time() + float(words.pop(0))
            while time.process_time() < until:
                pass
        elif word == "starve":
            os.write(2, LAST_WORDS[words.pop(0)])
            os.abort()
        elif word == "peek":
            time.sleep(float(words.pop(0)))
            more = select.select([stream], [], [], 0)[0]
            done["response"] = {"status_code": 299 if more else 200}
        elif word == "forge":
            send("D", {"run": run + 1})
        elif word == "answer":
            send("D", {"run": run}, str(os.getpid()).encode())
        elif word == "pester":
            for i in range(int(words.pop(0))):
                send("C", {"run": run, "call": i, "method": "GET", "path": "a"})
        elif word == "chatter":
            for _ in range(int(words.pop(0))):
                os.write(1, b"x" * 1023 + b"\n")
        elif word == "greet":
            send("H", {"protocol": "json1", "engine": "fake", "version": "2"})
        elif word == "log":
            send("G", {"run": run + int(words.pop(0)), "level": "info"})
        elif word == "break":
            stream.sendall(b"\xff" * 64)
    return done


while True:
    kind, head, rest = read_frame()
    if kind == "S":
        if head["engine"] == "stillborn":
            sys.exit(3)
        if head["engine"] == "late":
            time.sleep(0.4)
        if head["engine"] != "silent":
            send("H", {"protocol": "json1", "engine": head["engine"], "version": "1"})
    elif kind == "L":
        texts[head["script"]] = rest.decode()
    elif kind == "K":
        answer = perform(head["run"], rest.decode().split())
        send("D", {"run": head["run"], **answer})
    elif kind == "R":
        answer = perform(head["run"], texts[head["script"]].split())
        send("D", {"run": head["run"], **answer}, str(os.getpid()).encode())
        if "retire" in answer:
            while stream.recv(1 << 16):  # starts no run any more
                pass
            sys.exit(0)
