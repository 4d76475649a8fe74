"""What a script of an open engine tries against its server. Each script answers with a map: what it tried, and
what came of it ("refused..." when nothing did). Signal 0 asks whether a process is in reach without ending it."""

import json

_PYTHON = """
import ctypes, glob, os, socket
found = {}
def attempt(name, act):
    try:
        found[name] = "done: %r" % (act(),)
    except Exception as refusal:
        found[name] = "refused: " + str(refusal)
def read(path):
    data = open(path, "rb").read()
    if not data:
        raise OSError("it is empty")
    return len(data)
for path in PATHS:
    attempt("read " + path, lambda: read(path))
for path in FOLDERS:
    attempt("write " + path, lambda: open(path + "/planted", "w").write("x"))
attempt("kill everything", lambda: os.kill(-1, 0))
for process in PROCESSES:
    attempt("kill %d" % process, lambda: os.kill(process, 0))
    attempt("write memory of %d" % process, lambda: open("/proc/%d/mem" % process, "r+b").read(1))
    attempt("trace %d" % process, lambda: 1 / (ctypes.CDLL(None).ptrace(16, process, None, None) == 0))
attempt("become root", lambda: os.setuid(0))
attempt("namespace", lambda: 1 / (ctypes.CDLL(None).unshare(0x10000000) == 0))
try:
    os.kill(os.getppid(), 9)
except PermissionError:
    pass
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
found["status"] = {name: status[name].strip() for name in
                   ("Uid", "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs")}
found["processes"] = len(glob.glob("/proc/[0-9]*"))
event.response.content = found
"""

_NODE = """
const fs = require('fs');
const found = {};
const attempt = (name, act) => {
    try { found[name] = 'done: ' + act(); } catch (refusal) { found[name] = 'refused: ' + refusal.message; }
};
for (const path of PATHS) attempt('read ' + path, () => {
    const data = fs.readFileSync(path);
    if (data.length === 0) throw new Error('it is empty');
    return data.length;
});
for (const path of FOLDERS) attempt('write ' + path, () => fs.writeFileSync(path + '/planted', 'x'));
for (const id of PROCESSES) {
    attempt('kill ' + id, () => process.kill(id, 0));
    attempt('write memory of ' + id, () => fs.openSync('/proc/' + id + '/mem', 'r+'));
}
attempt('become root', () => process.setuid(0));
try { process.kill(process.ppid, 'SIGKILL'); } catch { }
const status = Object.fromEntries(fs.readFileSync('/proc/self/status', 'utf8').split('\\n')
    .map(line => line.split(':\\t')));
found.status = {};
for (const name of ['Uid', 'CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb', 'NoNewPrivs']) {
    found.status[name] = status[name].trim();
}
found.processes = fs.readdirSync('/proc').filter(name => /^\\d+$/.test(name)).length;
event.response.content = found;
"""

_PHP = """
$found = [];
$attempt = function ($name, $act) use (&$found) {
    $came = @$act();
    $found[$name] = $came === false || $came === '' ? 'refused' : 'done: ' . json_encode($came);
};
foreach (PATHS as $path) $attempt('read ' . $path, fn() => substr((string)@file_get_contents($path), 0, 9));
foreach (FOLDERS as $path) $attempt('write ' . $path, fn() => file_put_contents($path . '/planted', 'x'));
foreach (PROCESSES as $id) {
    $attempt('kill ' . $id, fn() => shell_exec("kill -0 $id 2>/dev/null && echo yes") ?? '');
    $attempt('write memory of ' . $id, fn() => fopen("/proc/$id/mem", 'r+') !== false);
}
$attempt('write memory of itself', fn() => fopen('/proc/self/mem', 'r+') !== false);
$parent = explode(' ', file_get_contents('/proc/self/stat'))[3];
shell_exec("kill -9 $parent 2>/dev/null");
$found['status'] = [];
foreach (file('/proc/self/status') as $line) {
    [$name, $value] = explode(':', $line, 2);
    if (in_array($name, ['Uid', 'CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb', 'NoNewPrivs'])) {
        $found['status'][$name] = trim($value);
    }
}
$found['processes'] = count(glob('/proc/[0-9]*'));
$event['response']['content'] = $found;
"""

_TEXTS = {"python3": _PYTHON, "nodejs": _NODE, "php": _PHP}
ENGINES = list(_TEXTS)


def script(engine, paths, folders, processes):
    text = _TEXTS[engine]
    for name, value in (("PATHS", paths), ("FOLDERS", folders), ("PROCESSES", processes)):
        text = text.replace(name, json.dumps(value))
    return text


# A process that parted from its parents, forgot to die with them, and hears no signal.
DAEMON = """
import ctypes, os, signal
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        ctypes.CDLL(None).prctl(1, 0)
        for number in range(1, 65):
            try:
                signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError):
                pass
        os.closerange(0, 64)
        os.execvp("sleep", ["sleep", "MARK"])
    os._exit(0)
os.wait()
event.response.content = {"started": True}
"""

# The host itself does so.
DEAF = """
import ctypes, signal, time
ctypes.CDLL(None).prctl(1, 0)
for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
time.sleep(60)
"""

BOMB = """
import os, time
children = 0
try:
    while children < 600:
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
        children += 1
    word = "unbounded"
except OSError as refusal:
    word = "bounded"
event.response.content = {"word": word, "children": children}
"""
