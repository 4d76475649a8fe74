"""Scripts that answer in their host's place and go on: what they can, and where it ends."""

import time

import pytest
from harness.database_server import wait_until
from processes import hosts_of, is_alive, says
from test_shared_hosts import Services

# A done frame for a run whose number the script guesses, then work without end.
GUESS = {
    "python3": """
import json, socket, struct
head = json.dumps({"run": event.request.payload["guess"]}).encode()
body = b"D" + struct.pack("<I", len(head)) + head
link = socket.socket(fileno=3)
link.sendall(struct.pack("<I", len(body)) + body)
while True: pass
""",
    "nodejs": """
const head = Buffer.from(JSON.stringify({run: event.request.payload.guess}));
const frame = Buffer.alloc(9 + head.length);
frame.writeUInt32LE(5 + head.length, 0);
frame.write('D', 4);
frame.writeUInt32LE(head.length, 5);
head.copy(frame, 9);
require('fs').writeSync(3, frame);
while (true) { }
""",
}

# The number is found where the host keeps it: in a frame below, in the memory of the process.
KNOW = {
    "python3": """
import json, socket, struct, sys
frame = sys._getframe()
while "limits" not in frame.f_locals.get("head", {}): frame = frame.f_back
head = json.dumps({"run": frame.f_locals["head"]["run"], "falsy": True}).encode()
body = b"D" + struct.pack("<I", len(head)) + head
link = socket.socket(fileno=3)
link.sendall(struct.pack("<I", len(body)) + body)
while True: pass
""",
    "nodejs": """
const fs = require('fs');
const memory = fs.openSync('/proc/self/mem', 'r');
let last = null;
for (const line of fs.readFileSync('/proc/self/maps', 'utf8').split('\\n')) {
    const found = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line);
    if (!found) continue;
    const start = parseInt(found[1], 16), size = parseInt(found[2], 16) - start;
    if (size > 1 << 24) continue;
    const bytes = Buffer.alloc(size);
    try { fs.readSync(memory, bytes, 0, size, start); } catch { continue; }
    const seen = /\\{"run":(\\d+),"script":"/.exec(bytes.toString('latin1'));
    if (seen) last = Number(seen[1]);
}
if (last === null) throw new Error('not found');
const head = Buffer.from(JSON.stringify({run: last, falsy: true}));
const frame = Buffer.alloc(9 + head.length);
frame.writeUInt32LE(5 + head.length, 0);
frame.write('D', 4);
frame.writeUInt32LE(head.length, 5);
head.copy(frame, 9);
fs.writeSync(3, frame);
while (true) { }
""",
}

# PHP has no function that writes to a descriptor by its number, and its children do not inherit this one.
REACH = """
$tries = ['php://fd/3', '/proc/self/fd/3', '/dev/fd/3'];
$found = [];
foreach ($tries as $path) $found[$path] = @file_put_contents($path, 'D') === false;
$found['shell'] = trim(shell_exec('(echo D >&3 || echo D > /proc/$PPID/fd/3) 2>/dev/null || echo refused'));
return $found;
"""

# What a run is known by comes past whoever replaces the functions that the host writes with.
OVERHEAR = {
    "nodejs": """
const fs = require('fs');
let heard = '';
for (const name of ['writeSync', 'writevSync', 'readSync', 'read', 'write']) {
    const own = fs[name];
    fs[name] = function (...args) { heard += String(args[1]); return own.apply(this, args); };
}
await platform.api.get('system/environment');
return {heard: heard.includes('"run"')};
"""
}

HOST = {"python3": "python/main.py", "nodejs": "node/main.js", "php": "sluice-php"}
ANSWER = {"python3": "return 'fine'", "nodejs": "return 'fine';", "php": "return 'fine';"}


@pytest.fixture
def services(serve):
    from harness.instance import Instance

    server = serve(arguments=("--threads", "1", "--script-hosts", "1"))
    return Services(server, Instance(server))


def busy(processes):
    """Those of them that still use the processor."""

    def used(process):
        try:
            with open(f"/proc/{process}/stat", encoding="utf-8", errors="replace") as stat:
                fields = stat.read().rpartition(")")[2].split()
        except OSError:
            return 0
        return int(fields[11]) + int(fields[12])

    before = {process: used(process) for process in processes}
    time.sleep(0.5)
    return [process for process in processes if used(process) > before[process] + 10]


@pytest.mark.parametrize("engine", list(GUESS))
def test_a_script_that_guesses_its_run_ends_its_host(services, engine):
    services.add("guess", engine, GUESS[engine])
    services.add("answer", engine, ANSWER[engine])
    for guess in (1, 2, 3, 7):
        answer = services.get("guess", None, {"guess": guess})
        assert answer.status == 500, answer
        assert answer.json["error"]["context"] == {"reason": "script_host_died"}
    assert says(
        services.server, f"a done frame for no run at its head ) in service.guess ({engine})"
    )
    assert services.get("answer").json == "fine"
    assert not busy(hosts_of(services.server, HOST[engine]))


@pytest.mark.parametrize("engine", list(KNOW))
def test_a_script_that_answers_for_itself_and_goes_on_loses_its_host(services, engine):
    services.add("know", engine, KNOW[engine])
    services.add("answer", engine, ANSWER[engine])
    assert services.get("know").status == 200  # in its own name: it can
    working = busy(hosts_of(services.server, HOST[engine]))
    assert working, "nothing goes on"
    assert wait_until(lambda: not any(is_alive(p) for p in working), 6), services.server.log_text()
    assert says(services.server, "it uses the processor without a run), idle after service.know")
    assert services.get("answer").json == "fine"


def test_a_php_script_does_not_reach_the_descriptor(services):
    services.add("reach", "php", REACH)
    for _ in range(3):
        answer = services.get("reach")
        assert answer.status == 200, answer
        found = answer.json
        assert found.pop("shell") == "refused"
        assert set(found.values()) == {True}, found


@pytest.mark.parametrize("engine", list(OVERHEAR))
def test_a_script_cannot_overhear_its_host(services, engine):
    services.add("overhear", engine, OVERHEAR[engine])
    assert services.get("overhear").json == {"heard": False}
    assert services.get("overhear").json == {"heard": False}
