"""Many calls on few script hosts: what a script can see of the others, and whether all come to an end."""

import re
import threading
import time

import pytest

ONE_HOST = ("--threads", "1", "--script-hosts", "1")

# What waits on the host's descriptor while this runs.
PEEK = r"""
import re, select, socket
host = socket.socket(fileno=3)
select.select([3], [], [], 0.0005)
try:
    seen = host.recv(200000, socket.MSG_PEEK | socket.MSG_DONTWAIT)
except BlockingIOError:
    seen = b""
finally:
    host.detach()
return {"found": sorted({word.decode() for word in re.findall(rb"secret-\d+-\d+", seen)})}
"""

# Calls another service and gives on what came of it.
CALL = {
    "python3": "r = platform.api.get('{0}')\nreturn [r.status_code, r.json() if r.status_code == 200 else r.text]",
    "nodejs": "const r = await platform.api.get('{0}'); return [r.status_code, r.content];",
}
FOREVER = {"python3": "while True: pass", "nodejs": "while (true) { }"}
ANSWER = {"python3": "return 0", "nodejs": "return 0;"}


class Services:
    """Script services and keys of one server."""

    def __init__(self, server, instance):
        self.server, self.instance, self.ids = server, instance, {}

    def add(self, name, engine, text, **limits):
        config = {"content": text, **({"limits": limits} if limits else {})}
        self.ids[name] = self.instance.add_service(name, engine, config)

    def key(self, name, *services):
        rows = [
            {"service_id": self.ids[s], "component": "*", "verb_mask": 31, "requestor_mask": 3}
            for s in services
        ]
        return {"X-API-Key": self.instance.add_key(name, rows)}

    def get(self, name, headers=None, body=None):
        verb = "GET" if body is None else "POST"
        headers = headers or self.server.admin_headers()
        return self.server.request(verb, "/api/v2/" + name, headers, body, 90)


@pytest.fixture
def services(serve):
    from harness.instance import Instance

    def make(*arguments):
        server = serve(arguments=arguments)
        return Services(server, Instance(server))

    return make


def at_once(tasks):
    """What the calls give, all made at the same time."""
    answers = [None] * len(tasks)

    def do(i):
        answers[i] = tasks[i]()

    threads = [threading.Thread(target=do, args=(i,)) for i in range(len(tasks))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_a_script_finds_nothing_of_other_scripts_or_callers_on_its_descriptor(services):
    mine = services(*ONE_HOST)
    mine.add("peek", "python3", PEEK)
    mine.add("other", "python3", "return {'ok': event.request.payload}")
    low, high = mine.key("low", "peek"), mine.key("high", "peek", "other")
    for _ in range(8):  # known to be fast: only then are runs queued on a host
        mine.get("peek", low)
        mine.get("other", high, {"a": 1})
    until = time.monotonic() + 6
    found, failed, calls = [], [], [0]

    def peek():
        while time.monotonic() < until:
            answer = mine.get("peek", low)
            if answer.status != 200:
                failed.append(answer)
            elif answer.json["found"]:
                found.append(answer.json["found"])
            calls[0] += 1

    def be_seen(name, number):
        i = 0
        while time.monotonic() < until:
            i += 1
            answer = mine.get(name, high, {"card": f"secret-{number}-{i}"})
            if answer.status != 200:
                failed.append(answer)

    tasks = [peek] * 3 + [lambda: be_seen("other", 1), lambda: be_seen("other", 2)]
    tasks += [lambda: be_seen("other", 3), lambda: be_seen("peek", 4)]
    at_once(tasks)
    assert not failed, failed[0]
    assert not found, found[:5]
    assert calls[0] > 20, "nothing was tried"


@pytest.mark.parametrize("engine", list(CALL))
def test_scripts_that_call_scripts_come_to_an_end_where_all_hosts_are_taken(services, engine):
    mine = services("--threads", "1", "--script-hosts", "2")
    mine.add("level0", engine, ANSWER[engine])
    for level in (1, 2, 3):
        mine.add(f"level{level}", engine, CALL[engine].format(f"level{level - 1}"))
    answers = at_once([lambda: mine.get("level3")] * 24)
    assert {a.status for a in answers} == {200}, [a for a in answers if a.status != 200][:1]
    assert all(a.json == [200, [200, [200, 0]]] for a in answers), answers[0]


def test_scripts_of_two_engines_that_call_each_other_come_to_an_end(services):
    mine = services(*ONE_HOST)
    mine.add("level0", "nodejs", ANSWER["nodejs"])
    mine.add("level1", "python3", CALL["python3"].format("level0"))
    mine.add("level2", "nodejs", CALL["nodejs"].format("level1"))
    mine.add("level3", "python3", CALL["python3"].format("level2"))
    answers = at_once([lambda: mine.get("level3")] * 16 + [lambda: mine.get("level2")] * 8)
    assert {a.status for a in answers} == {200}, [a for a in answers if a.status != 200][:1]


@pytest.mark.parametrize("engine", list(FOREVER))
def test_an_endless_script_leaves_a_host_to_the_others(services, engine):
    mine = services("--threads", "1", "--script-hosts", "3")
    mine.add("endless", engine, FOREVER[engine], wall_ms=1500)
    mine.add("quick", engine, ANSWER[engine])
    assert mine.get("endless").status == 504  # known to be slow
    assert mine.get("quick").status == 200
    endless = [threading.Thread(target=mine.get, args=("endless",)) for _ in range(12)]
    for thread in endless:
        thread.start()
    time.sleep(0.4)
    waits = []
    for _ in range(6):
        begin = time.monotonic()
        assert mine.get("quick").status == 200
        waits.append(time.monotonic() - begin)
        time.sleep(0.1)
    for thread in endless:
        thread.join()
    assert sorted(waits)[len(waits) // 2] < 0.7, waits


# Says what an earlier run left running; the last one leaves something itself.
LEAVE = {
    "python3": (
        "import subprocess\n"
        "found = open('/proc/thread-self/children').read()\n"
        "if event.request.payload.get('leave'): subprocess.Popen(['sleep', '20'])\n"
        "return {'found': found.strip()}"
    ),
    "nodejs": (
        "const found = require('fs').readFileSync('/proc/thread-self/children', 'utf8');\n"
        "if (event.request.payload.leave) {\n"
        "    require('child_process').execSync('sleep 20 > /dev/null 2>&1 &');\n"
        "}\n"
        "return {found: found.trim()};"
    ),
    "php": (
        "$found = file_get_contents('/proc/thread-self/children');\n"
        "if ($event['request']['payload']['leave'] ?? false) exec('sleep 20 > /dev/null 2>&1 &');\n"
        "return ['found' => trim($found)];"
    ),
}


@pytest.mark.parametrize("engine", list(LEAVE))
def test_runs_queued_behind_one_that_pollutes_its_host_start_clean_and_all_succeed(
    services, engine
):
    mine = services(*ONE_HOST)
    mine.add("leave", engine, LEAVE[engine])
    for _ in range(3):
        for _ in range(8):
            assert mine.get("leave", None, {"a": 1}).status == 200
        bodies = [{"a": i, "leave": i % 8 == 3} for i in range(24)]
        answers = at_once([lambda body=body: mine.get("leave", None, body) for body in bodies])
        assert {a.status for a in answers} == {200}, [a for a in answers if a.status != 200][:1]
        assert {a.json["found"] for a in answers} == {""}, "a run started in a polluted host"
    # A host that also ran long on a busy machine is told twice.
    replaced = rf"{engine} host (\d+) is replaced after service.leave "
    assert len(set(re.findall(replaced, mine.server.log_text()))) == 9
