"""What a run leaves behind in its host is no other script's trouble."""

import pytest
from processes import says
from test_shared_hosts import ONE_HOST, services  # noqa: F401

LEAK = {
    "nodejs": "for (let i = 0; i < 20; i++) require('fs').openSync('/dev/null'); return 1;",
    "python3": "import os\nfor _ in range(20): os.open('/dev/null', os.O_RDONLY)\nreturn 1",
    "php": "for ($i = 1; $i < 20; $i++) pfsockopen('udp://127.0.0.1', random_int(1, 65535)); return 1;",
}
READ = {
    "nodejs": "return require('fs').readFileSync('/etc/passwd', 'utf8').length;",
    "python3": "import csv\nreturn len(open('/etc/passwd').read())",
    "php": "return strlen(file_get_contents('/etc/passwd'));",
}
FILL = {
    "nodejs": "const fs = require('fs'), full = Buffer.alloc(1 << 20), file = fs.openSync('/tmp/fill', 'w');\n"
    "try { for (;;) fs.writeSync(file, full); } catch (e) { }\nreturn fs.fstatSync(file).size >> 20;",
    "python3": "size = 0\nwith open('/tmp/fill', 'wb', 0) as file:\n  try:\n"
    "    while True: size += file.write(bytes(1 << 20))\n  except OSError: pass\nreturn size >> 20",
    "php": "$file = fopen('/tmp/fill', 'w'); $size = 0;\n"
    "while ($written = @fwrite($file, str_repeat('x', 1 << 20))) $size += $written;\nreturn $size >> 20;",
}
WRITE = {
    "nodejs": "require('fs').writeFileSync('/tmp/mine', 'x'.repeat(1 << 20)); return 1;",
    "python3": "with open('/tmp/mine', 'w') as file: return file.write('x' * (1 << 20)) >> 20",
    "php": "return file_put_contents('/tmp/mine', str_repeat('x', 1 << 20)) >> 20;",
}


def made(services, engine, texts):  # noqa: F811
    """A server with one host and a service of each name; their answers are to be 200."""
    mine = services(*ONE_HOST)
    for name, text in texts.items():
        mine.add(name, engine, text[engine])

    def get(name):
        answer = mine.get(name)
        assert answer.status == 200, (name, answer)
        return answer.json

    return mine, get


@pytest.mark.parametrize("engine", list(LEAK))
def test_files_left_open_break_no_other_script(services, engine):  # noqa: F811
    mine, get = made(services, engine, {"leak": LEAK, "read": READ})
    for _ in range(70):  # 1,400 files; a process may have 1,024
        get("leak")
        assert get("read") > 0
    told = f"is replaced after service.leak ({engine}): left files open"
    assert says(mine.server, told), mine.server.log_text()


@pytest.mark.parametrize("engine", list(FILL))
def test_a_full_tmp_is_nobody_elses(services, engine):  # noqa: F811
    mine, get = made(services, engine, {"fill": FILL, "write": WRITE, "before": READ})
    if mine.server.request("GET", "/status").json["script_isolation"] not in ("full", "namespaces"):
        pytest.skip("hosts have no /tmp of their own here")
    get("before")
    for _ in range(3):
        assert 40 < get("fill") <= 64
        get("before")
        assert get("write") == 1
    mine.add("after", engine, READ[engine])
    assert get("after") > 0
    told = f"is replaced after service.fill ({engine}): left /tmp more than half full"
    assert says(mine.server, told), mine.server.log_text()
