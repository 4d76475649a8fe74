"""Scripts of the open engines against the server that runs them."""

import os
import signal
import sqlite3
import subprocess
import threading

import pytest
from attacks import BOMB, DAEMON, DEAF, ENGINES, script
from confined import become_nobody, copy_of_build, forbid_namespaces, give_to_nobody
from conftest import BUILD
from harness.database_server import wait_until
from processes import below, command_of, hosts_of, is_alive, says

GET = "db._table.contact.get.post_process"
IS_ROOT = os.getuid() == 0
needs_root = pytest.mark.skipif(not IS_ROOT, reason="needs root to become somebody else")
NONE = "0000000000000000"


def isolation_of(server):
    return server.request("GET", "/status").json["script_isolation"]


def secrets_of(server, config):
    """Files that no script may read, and folders that none may write in."""
    pid = server.process.pid
    data = os.path.join(server.data, "system.sqlite")
    paths = [
        data,
        data + "-wal",
        config,
        f"/proc/{pid}/environ",
        f"/proc/{pid}/mem",
        "/proc/1/environ",
    ]
    return paths, [server.data, os.path.join(os.path.dirname(server.binary), "hosts", "python")]


def other_host(server, db):
    """The process ids, as this machine knows them, of a second engine's host."""
    before = set(below(server.process.pid))
    db.script("db._table.contact_group.get.post_process", "python", "event.response.content = {}")
    assert db.request("GET", "_table/contact_group").status == 200
    return sorted(set(below(server.process.pid)) - before)


def assault(server, db, config, engine):
    """What came of everything that a script of the engine tried; the server stays as it was."""
    paths, folders = secrets_of(server, config)
    processes = [server.process.pid, *other_host(server, db)]
    db.script(GET, engine, script(engine, paths, folders, processes))
    answer = db.request("GET", "_table/contact")
    assert answer.status == 200, answer
    assert server.is_alive
    assert not any(os.path.exists(os.path.join(f, "planted")) for f in folders)
    database = sqlite3.connect(os.path.join(server.data, "system.sqlite"))
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()
    return answer.json


def refused(found, but=()):
    """Everything was, but for what begins with these words."""
    words = {name: word for name, word in found.items() if isinstance(word, str)}
    done = {name for name, word in words.items() if not word.startswith("refused")}
    return {name for name in done if not name.startswith(tuple(but) or ("\0",))} == set()


def holds_nothing(status):
    return {status[name] for name in status if name.startswith("Cap")} == {NONE}


@pytest.fixture
def config(folder):
    path = os.path.join(folder, "sluice.toml")
    with open(path, "w", encoding="utf-8") as file:
        file.write('script-time = 20000\ntls-key = ""\n')
    os.chmod(path, 0o644)  # whoever can read it is not what keeps it from scripts
    return path


@pytest.mark.parametrize("engine", ENGINES)
def test_a_script_reaches_nothing_of_the_server(serve, contacts, config, engine):
    server = serve(arguments=["--config", config])
    assert isolation_of(server) == ("full" if IS_ROOT else "namespaces")
    found = assault(server, contacts(server), config, engine)
    assert refused(found), found
    assert holds_nothing(found["status"]), found
    assert found["status"]["NoNewPrivs"] == "1"
    assert found["status"]["Uid"].split()[0] != "0"
    assert found["processes"] < 5  # its own


@needs_root
@pytest.mark.parametrize("engine", ENGINES)
def test_a_script_with_the_servers_own_account_reaches_nothing_of_it(
    serve, contacts, sqlite_files, config, folder, engine
):
    build = copy_of_build(BUILD, os.path.join(folder, "build"))
    data = os.path.join(folder, "data")
    os.mkdir(data)
    give_to_nobody(folder)
    server = serve(build=build, data=data, arguments=["--config", config], limits=become_nobody)
    assert isolation_of(server) == "namespaces"
    db = contacts(server)
    give_to_nobody(sqlite_files.folder)
    found = assault(server, db, config, engine)
    assert refused(found), found
    assert holds_nothing(found["status"]), found


@needs_root
@pytest.mark.parametrize("engine", ENGINES)
def test_without_namespaces_the_account_still_keeps_the_data(
    serve, contacts, config, folder, engine
):
    os.chmod(config, 0o600)
    root = os.path.join(folder, "root")
    os.mkdir(root)
    server = serve(
        arguments=["--config", config, "--hosts", copy_of_build(BUILD, folder + "/b") + "/hosts"],
        limits=lambda: forbid_namespaces(root),
    )
    assert isolation_of(server) == "user"
    assert says(server, "cannot make namespaces")
    found = assault(server, contacts(server), config, engine)
    # Other hosts are processes of the same account.
    own = ("kill everything", "kill ", "write memory of ", "trace ", "namespace")
    assert refused(found, own), found
    assert found.get(f"kill {server.process.pid}", "refused").startswith("refused"), found
    assert found[f"write memory of {server.process.pid}"].startswith("refused"), found
    assert holds_nothing(found["status"]), found


@needs_root
def test_a_server_started_in_a_folder_closed_to_its_hosts_runs_them(serve, contacts, folder):
    closed, root = folder + "/closed", folder + "/root"
    os.mkdir(closed, 0o700)
    os.mkdir(root)
    hosts = copy_of_build(BUILD, folder + "/b") + "/hosts"

    def in_a_closed_folder():
        forbid_namespaces(root)
        os.chdir(closed)

    server = serve(arguments=["--hosts", hosts], limits=in_a_closed_folder)
    assert isolation_of(server) == "user"
    db = contacts(server)
    db.script(GET, "python3", "import os\nevent.response.content = {'in': os.getcwd()}")
    assert db.request("GET", "_table/contact").json == {"in": "/"}


@needs_root
def test_required_isolation_that_does_not_work_refuses_every_engine(serve, contacts, folder):
    server = serve(
        arguments=["--script-isolation", "required"], limits=lambda: forbid_namespaces(folder)
    )
    db = contacts(server)
    db.script(GET, "python3", "event.response.content = {}")
    answer = db.request("GET", "_table/contact")
    assert answer.status == 503, answer
    assert "isolation" in answer.json["error"]["message"]
    types = server.admin("GET", "system/script_type")["resource"]
    assert not any(kind["available"] for kind in types)
    assert all("cannot make namespaces" in kind["unavailable_because"] for kind in types)
    assert db.request("GET", "_table/contact_group").status == 200


def test_isolation_that_is_off_is_said_to_be(serve, contacts):
    server = serve(arguments=["--script-isolation", "off"])
    assert isolation_of(server) == "none"
    db = contacts(server)
    db.script(GET, "python3", "import os\nevent.response.content = {'uid': os.getuid()}")
    assert db.request("GET", "_table/contact").json == {"uid": os.getuid()}


@needs_root
@pytest.mark.parametrize("engine", ENGINES)
def test_hosts_in_a_folder_of_root_alone_are_run(serve, contacts, folder, engine):
    build = copy_of_build(BUILD, os.path.join(folder, "build"))
    os.chmod(folder, 0o700)
    server = serve(build=build)
    assert isolation_of(server) == "full"
    db = contacts(server)
    texts = {
        "python3": "import os\nevent.response.content = {'in': os.getcwd()}",
        "nodejs": "event.response.content = {in: process.env.HOME};",
        "php": "$event['response']['content'] = ['in' => getenv('HOME')];",
    }
    db.script(GET, engine, texts[engine])
    assert "in" in db.request("GET", "_table/contact").json


def test_an_interpreter_in_a_hidden_folder_is_put_back_alone(serve, contacts, folder):
    data = os.path.join(folder, "data")
    os.mkdir(data)
    environment = os.path.join(data, "venv")
    subprocess.run(["/usr/bin/python3", "-m", "venv", "--without-pip", environment], check=True)
    if IS_ROOT:
        os.chmod(data, 0o755)
    python = os.path.join(environment, "bin", "python3")
    server = serve(data=data, environment={"SLUICE_PYTHON3_PATH": python})
    os.chmod(data, 0o755)  # the server closes it at each start
    db = contacts(server)
    text = (
        "import os, sys\nevent.response.content = {'prefix': sys.prefix, 'seen': os.listdir(DATA)}"
    )
    db.script(GET, "python3", text.replace("DATA", repr(data)))
    answer = db.request("GET", "_table/contact")
    assert answer.json == {"prefix": environment, "seen": ["venv"]}, answer


def test_script_folders_may_be_written(serve, contacts, folder):
    shared = os.path.join(folder, "shared")
    os.mkdir(shared)
    os.chmod(shared, 0o777)
    os.chmod(folder, 0o777)
    server = serve(arguments=["--script-folders", shared])
    db = contacts(server)
    text = (
        "import os\nopen(SHARED + '/kept', 'w').write('x')\n"
        "try:\n    open(SHARED + '/../lost', 'w')\nexcept OSError as refusal:\n"
        "    event.response.content = {'refused': refusal.errno}"
    )
    db.script(GET, "python3", text.replace("SHARED", repr(shared)))
    answer = db.request("GET", "_table/contact")
    assert os.listdir(shared) == ["kept"], answer
    assert not os.path.exists(os.path.join(folder, "lost"))


def test_a_script_folder_that_would_show_the_data_is_refused(serve, folder):
    data = os.path.join(folder, "data")
    server = serve(start=False, data=data, arguments=["--script-folders", folder])
    with pytest.raises(RuntimeError, match="exit [1-9]") as fault:
        server.start()
    assert "script-folders" in str(fault.value)


def sleepers(mark):
    return [
        int(name)
        for name in os.listdir("/proc")
        if name.isdigit() and command_of(name).strip() == f"sleep {mark}"
    ]


def test_a_daemon_that_a_run_left_is_gone_soon_after_it(serve, contacts):
    server = serve()
    db = contacts(server)
    mark = f"60.{os.getpid()}1"
    db.script(GET, "python3", DAEMON.replace("MARK", mark))
    assert db.request("GET", "_table/contact").json == {"started": True}
    assert wait_until(lambda: not sleepers(mark), 10), "it lives"
    assert says(server, "left processes behind")


def test_everything_inside_ends_with_the_server(serve, contacts):
    server = serve()
    db = contacts(server)
    mark = f"60.{os.getpid()}2"
    daemon = DAEMON.replace("MARK", mark)
    db.script(GET, "python3", daemon + DEAF)
    caller = threading.Thread(target=lambda: quietly(db.request, "GET", "_table/contact"))
    caller.start()
    assert wait_until(lambda: sleepers(mark), 20)
    hosts = below(server.process.pid)
    assert hosts
    server.kill()
    assert wait_until(lambda: not any(map(is_alive, hosts)) and not sleepers(mark), 10), [
        command_of(p) for p in hosts if is_alive(p)
    ]
    caller.join(30)


def is_deaf(process):
    """It lets no signal in that it can keep out."""
    try:
        with open(f"/proc/{process}/status", encoding="utf-8") as status:
            blocked = next(line.split()[1] for line in status if line.startswith("SigBlk:"))
    except (OSError, StopIteration):
        return False
    return bool(int(blocked, 16) & 1 << (signal.SIGTERM - 1))


def test_a_host_that_hears_nothing_ends_at_its_time(serve, contacts):
    one_host = ["--threads", "1", "--script-hosts", "1"]
    # Long enough for a script to become deaf before the host itself ends it.
    server = serve(arguments=one_host, environment={"SLUICE_SCRIPT_TIME": "4000"})
    db = contacts(server)
    db.script(GET, "python3", DEAF)
    answers = []
    caller = threading.Thread(
        target=lambda: answers.append(db.request("GET", "_table/contact")), daemon=True
    )
    caller.start()
    assert wait_until(lambda: any(map(is_deaf, hosts_of(server, "python"))), 20)
    deaf = [host for host in hosts_of(server, "python") if is_deaf(host)]
    caller.join(30)
    assert [answer.status for answer in answers] == [504], answers
    assert wait_until(lambda: not any(map(is_alive, deaf)), 10)
    db.script(GET, "python3", "event.response.content = {'n': 1}")
    assert db.request("GET", "_table/contact").json == {"n": 1}


def test_a_fork_bomb_is_bounded_and_swept_up(serve, contacts):
    server = serve(environment={"SLUICE_SCRIPT_TIME": "20000"})
    db = contacts(server)
    quiet = len(below(server.process.pid))
    db.script(GET, "python3", BOMB)
    found = db.request("GET", "_table/contact").json
    assert found["word"] == "bounded", found
    assert 50 < found["children"] < 260, found
    assert wait_until(lambda: len(below(server.process.pid)) < quiet + 20, 15)


def test_the_sandbox_has_no_network_of_its_own(serve, contacts):
    server = serve()
    db = contacts(server)
    db.script(GET, "v8js", "event.response.content = {ok: true};")
    assert db.request("GET", "_table/contact").json == {"ok": True}
    hosts = [
        process
        for process in hosts_of(server, "v8/main.js")
        if "sluice-launch" not in command_of(process)  # which waits outside
    ]
    assert hosts
    for host in hosts:
        with open(f"/proc/{host}/net/dev", encoding="utf-8") as devices:
            names = [line.split(":")[0].strip() for line in devices if ":" in line]
        assert names == ["lo"], names


def quietly(act, *arguments):
    try:
        act(*arguments)
    except Exception:  # the server is gone in the middle of it
        pass


@pytest.mark.parametrize("engine", ENGINES)
def test_scripts_get_the_machines_path_and_not_the_servers(serve, contacts, engine):
    db = contacts(serve())
    texts = {
        "python3": "import os\nevent.response.content = {'path': os.environ['PATH']}",
        "nodejs": "event.response.content = {path: process.env.PATH};",
        "php": "$event['response']['content'] = ['path' => getenv('PATH')];",
    }
    db.script(GET, engine, texts[engine])
    answer = db.request("GET", "_table/contact")
    assert answer.json == {"path": "/usr/local/bin:/usr/bin:/bin"}
