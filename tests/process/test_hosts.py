"""Script hosts that die, hang or are not there."""

import os
import re
import signal
import threading
import time

import pytest
from harness.database_server import wait_until
from processes import hosts_of, says

GET = "db._table.contact.get.post_process"
SLEEP = {
    "python3": "import time\ntime.sleep({0})\nevent.response.content = {{'slept': True}}",
    "nodejs": "await new Promise(r => setTimeout(r, {0} * 1000));\nevent.response.content = {{slept: true}};",
    "php": "sleep({0});\n$event['response']['content'] = ['slept' => true];",
    "v8js": (
        "var end = Date.now() + {0} * 1000; while (Date.now() < end) {{ }}\n"
        "event.response.content = {{slept: true}};"
    ),
}


class Call(threading.Thread):
    """One request beside the test."""

    def __init__(self, db, path="_table/contact"):
        super().__init__()
        self.db, self.path, self.answer = db, path, None
        self.start()

    def run(self):
        self.answer = self.db.request("GET", self.path)


@pytest.mark.parametrize("engine", list(SLEEP))
def test_a_host_killed_in_a_call_fails_that_call_only(serve, contacts, engine):
    server = serve()
    db = contacts(server)
    db.script(GET, engine, SLEEP[engine].format(0))
    assert db.request("GET", "_table/contact").status == 200  # its host is up
    db.script(GET, engine, SLEEP[engine].format(5))
    call = Call(db)
    time.sleep(1)
    for host in hosts_of(server):
        try:
            os.kill(host, signal.SIGKILL)
        except ProcessLookupError:
            pass
    call.join(30)
    assert call.answer.status in (500, 503), call.answer
    assert call.answer.json["error"]["status_code"] == call.answer.status
    db.script(GET, engine, SLEEP[engine].format(0))
    answer = db.request("GET", "_table/contact")
    assert (answer.status, answer.json) == (200, {"slept": True})
    assert server.is_alive


SAY_AND_THROW = {
    "python3": "print('a word')\nraise Exception('thrown')",
    "nodejs": "console.log('a word'); throw new Error('thrown');",
    "php": "echo 'a word';\nthrow new \\Exception('thrown');",
    "v8js": "console.log('a word'); throw new Error('thrown');",
}


@pytest.mark.parametrize("engine", list(SAY_AND_THROW))
def test_the_log_tells_of_a_run_by_script_engine_and_request(serve, contacts, engine):
    server = serve()
    db = contacts(server)
    db.script(GET, engine, SAY_AND_THROW[engine])
    answer = db.request("GET", "_table/contact")
    assert answer.status == 500, answer
    request = answer.header("X-Request-Id")
    printed = f"{GET} ({engine}): a word request={request}"
    assert says(server, printed), server.log_text()
    thrown = rf"script '{re.escape(GET)}' \({engine}\) threw .*request={request}"
    assert wait_until(lambda: re.search(thrown, server.log_text()), 10), server.log_text()


NO_UTF8 = {
    "python3": "import os\nos.write(2, b'past \\xff\\n')\nprint('framed \\udcff')",
    "nodejs": "require('fs').writeSync(2, Buffer.from('past \\xff\\n', 'latin1'));\n"
    "process.stdout.write(Buffer.from('framed \\xff', 'latin1'));",
    "php": 'file_put_contents(\'php://stderr\', "past \\xff\\n"); echo "framed \\xff";',
    "v8js": "console.log('framed \\ud800');",
}


@pytest.mark.parametrize("engine", list(NO_UTF8))
def test_the_log_is_utf8_whatever_scripts_print(serve, contacts, engine):
    server = serve()
    db = contacts(server)
    db.script(GET, engine, NO_UTF8[engine])
    assert db.request("GET", "_table/contact").status == 200
    words = ["framed "] if engine == "v8js" else ["framed ", "past "]
    assert all(says(server, word) for word in words), server.log_text()
    with open(server.log, "rb") as log:
        for line in log:
            line.decode("utf-8")


# Buffers are no part of V8's heap: they fill the data size of the process, all but a little, and then V8
# finds no room for its young objects, or Node.js none for itself.
FILL = """
const kept = [];
try { for (;;) kept.push(Buffer.alloc(1 << 20, 1)); } catch { kept.length -= event.request.parameters.spare; }
for (let many = []; ; many = many.slice(-1000)) many.push(Array.from({length: 2000}, (_, i) => ({i, s: 'x' + i})));
"""


def test_buffers_that_leave_no_memory_for_the_heap_pass_the_limit_of_memory(serve, contacts):
    server = serve()
    db = contacts(server)
    db.script(GET, "nodejs", FILL)
    calls = [Call(db, f"_table/contact?spare={spare}") for spare in (0, 4, 16, 0, 4, 16)]
    for call in calls:
        call.join(60)
        error = call.answer.json["error"]
        assert error["context"] == {"reason": "script_limit_memory"}, call.answer
        assert re.search(r"its limit of \d+ MB of memory", error["message"]), call.answer
    db.script(GET, "nodejs", SLEEP["nodejs"].format(0))
    assert db.request("GET", "_table/contact").json == {"slept": True}


def test_the_log_tells_in_which_run_a_host_died(serve, contacts):
    server = serve()
    db = contacts(server)
    db.script(GET, "python3", "import os\nos.kill(os.getpid(), 9)")
    answer = db.request("GET", "_table/contact")
    assert answer.status == 500, answer
    request = answer.header("X-Request-Id")
    died = rf"python3 host \d+ died \(.*\) in {re.escape(GET)} \(python3\).*request={request}"
    assert wait_until(lambda: re.search(died, server.log_text()), 10), server.log_text()


def test_calls_without_scripts_go_on_while_a_script_runs(serve, contacts):
    server = serve()
    db = contacts(server)
    db.script("db._table.contact_group.get.post_process", "python3", SLEEP["python3"].format(4))
    slow = Call(db, "_table/contact_group")
    time.sleep(0.5)
    for _ in range(20):
        assert db.request("GET", "_table/contact/1").status == 200
    assert slow.is_alive()
    slow.join(30)
    assert slow.answer.json == {"slept": True}


@pytest.mark.parametrize(
    "variable, engine",
    [
        ("SLUICE_PYTHON3_PATH", "python3"),
        ("SLUICE_NODEJS_PATH", "nodejs"),
        ("DF_NODEJS_PATH", "nodejs"),
    ],
)
def test_a_missing_interpreter_disables_its_engine_only(serve, contacts, variable, engine):
    server = serve(environment={variable: "/nonexistent/interpreter"})
    db = contacts(server)
    db.script(GET, engine, SLEEP[engine].format(0))
    answer = db.request("GET", "_table/contact")
    assert answer.status == 503, answer
    assert "/nonexistent" not in answer.text
    assert says(server, engine)
    other = "php"
    db.script(GET, other, SLEEP[other].format(0))
    assert db.request("GET", "_table/contact").json == {"slept": True}


def test_a_disabled_engine_is_refused_with_a_reason(serve, contacts):
    server = serve(environment={"SLUICE_SCRIPTING_DISABLE": "python3"})
    db = contacts(server)
    path = "/api/v2/system/event_script/" + GET
    script = {"type": "python3", "content": "x = 1", "is_active": True}
    answer = server.request("POST", path, server.admin_headers(), script)
    assert answer.status == 503, answer
    assert "python3" in answer.text
    assert db.request("GET", "_table/contact").status == 200


def test_a_header_that_cannot_be_sent_is_left_out_and_said(serve, contacts):
    server = serve()
    db = contacts(server)
    text = "event.response.headers = {'X-Fine': 'yes', 'X-Odd': 'a\\r\\nSet-Cookie: b=c'}"
    db.script("db._table.contact.get.post_process", "nodejs", text)
    answer = db.request("GET", "_table/contact")
    assert answer.header("X-Fine") == "yes", answer
    assert not answer.header("Set-Cookie") and not answer.header("X-Odd")
    assert says(server, "without its header 'x-odd'"), server.log_text()
