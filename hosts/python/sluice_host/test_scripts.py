import decimal
import logging
import os
import random
import socket
import sys
import types
import warnings

import pytest

from sluice_host import care as cares
from sluice_host import python2, watch
from sluice_host.scripts import compile_script
from sluice_host.undo import Undo


def run(text, event=None, is_python2=False):
    script = compile_script("name", text, is_python2)
    if script.fault:
        raise script.fault
    return types.FunctionType(
        script.code, {"__builtins__": __builtins__, python2.DIVIDE: python2.divide}
    )(event, {})


def test_an_empty_script_returns_nothing():
    for text in ("", "\n", "# only a comment", '"a text"'):
        assert run(text) is None


def test_return_ends_the_script_at_any_level():
    assert run("if event:\n    return 1\nreturn 2", True) == 1


def test_texts_over_several_lines_stay_as_they_are():
    assert run('x = """a\n  b\nc"""\nreturn x') == "a\n  b\nc"


def test_tabs_and_blanks_are_the_scripts_own_affair():
    assert run("if True:\n\tx = 1\nelse:\n   x = 2\nreturn x") == 1


def test_names_may_be_assigned_and_closed_over():
    assert run("event = event + 1\ndef f():\n    return event\nreturn f()", 1) == 2


def test_recursion_and_comprehensions_see_the_scripts_names():
    assert run(
        "k = 2\ndef f(n):\n    return 1 if n == 0 else n * f(n - 1)\nreturn [f(x) * k for x in (3,)]"
    ) == [12]


def test_future_imports_stay_in_front():
    assert run(
        "'doc'\nfrom __future__ import annotations\ndef f(x: no): pass\nreturn f.__annotations__"
    ) == {"x": "no"}


def test_a_fault_has_the_line_of_the_text():
    fault = compile_script("name", "x = 1\n\ny = = 2", False).fault
    assert isinstance(fault, SyntaxError) and fault.lineno == 3 and fault.filename == "name"
    assert compile_script("name", "x = 1\nbreak", False).fault.lineno == 2
    assert compile_script("name", "x\0", False).fault is not None


def test_python_2():
    pytest.importorskip("lib2to3")
    assert run("print 'x',\nreturn 7 / 2, 7.0 / 2, 0777", is_python2=True) == (3, 3.5, 0o777)
    assert run("from __future__ import division\nreturn 7 / 2", is_python2=True) == 3.5
    assert run("x = 7\nx /= 2\nreturn x", is_python2=True) == 3
    fault = compile_script("name", "x = 1\nprint 'a' +", True).fault
    assert fault.lineno == 2


@pytest.mark.parametrize(
    "text, care",
    [
        ("event.request.payload.x = 1", cares.NO_CARE),
        ("for r in event.response.content.resource:\n    r.a = 1\n    del r['b']", cares.NO_CARE),
        ("x = json.loads('1')\nreturn json.dumps(x)", cares.NO_CARE),
        ("import re\nreturn re.sub('a', 'b', 'c')", cares.IMPORTS),
        ("import os\nos.environ['A'] = '1'", cares.IMPORTS),
        ("json.x = 1", cares.MODULES),
        ("import math as m\nm.pi = 3", cares.MODULES),
        ("import sys\nprint(sys.version)", cares.MODULES),
        ("import math\nreturn getattr(math, event.resource)(4)", cares.IMPORTS),
        ("import math\nreturn getattr(math, 'sqrt')(4)", cares.MODULES),
        ("class A: pass\na = A()\nreturn vars(a), a.__dict__, vars()", cares.NO_CARE),
        ("import math\nvars(math)['pi'] = 3", cares.MODULES),
        ("import math\nmath.__dict__['pi'] = 3", cares.RETIRE),
        ("import os\np = os.path\nvars(p)['sep'] = 3", cares.MODULES),
        ("from json import decoder\ndecoder.__dict__['x'] = 3", cares.RETIRE),
        ("def f():\n    vars(m)['x'] = 3\nimport json as m\nf()", cares.MODULES),
        ("eval('1')", cares.RETIRE),
        ("x = json\nx.y = 1", cares.RETIRE),
        ("json.JSONEncoder.default = None", cares.RETIRE),
        ("from json import JSONEncoder as J\nJ.default = None", cares.RETIRE),
        ("type(event).x = 1", cares.RETIRE),
        ("k = event.__class__\nk.x = 1", cares.RETIRE),
        ("setattr(json.JSONEncoder, 'default', None)", cares.RETIRE),
        ("import random\nrandom.seed(1)", cares.IMPORTS),
        ("import ctypes", cares.RETIRE),
        ("import decimal\ndecimal.getcontext().prec = 3", cares.IMPORTS),
        ("import sys\nsys.modules['x'] = 1", cares.RETIRE),
        ("import sys\nfor m in sys.modules.values():\n    m.x = 1", cares.RETIRE),
        ("from sys import modules", cares.RETIRE),
        ("import sys\nsys.stderr.write('x')\nsys.exit()", cares.MODULES),
        ("return type(event).__name__ == 'Map' and type(event) is dict", cares.NO_CARE),
        (
            "try:\n    x()\nexcept Exception as e:\n    raise BadRequestException(str(e))",
            cares.NO_CARE,
        ),
        (
            "class A(Exception):\n    def __init__(self):\n        self.x = 1\nraise A()",
            cares.NO_CARE,
        ),
        ("return getattr(event, 'x', None), '{0.x} {y}'.format(event, y=1)", cares.NO_CARE),
        ("if __name__ == '__main__':\n    pass", cares.NO_CARE),
        ("import traceback\nreturn traceback.format_exc()", cares.IMPORTS),
        ("import importlib", cares.RETIRE),
        ("from json import *", cares.RETIRE),
        ("def f(c):\n    c.x = 1\nf(type(event))", cares.MODULES),
        ("BadRequestException.status_code = 200", cares.RETIRE),
    ],
)
def test_care(text, care):
    assert compile_script("name", text, False).care == care


@pytest.mark.parametrize(
    "text",
    [
        "e.__traceback__.tb_frame",
        "f.f_back.f_locals['self']",
        "f.f_globals, f.f_builtins, f.f_code",
        "(x for x in y).gi_frame",
        "c.cr_frame",
        "a.ag_frame",
        "f.__code__ = g.__code__",
        "f.__globals__",
        "f.__closure__[0].cell_contents",
        "f.__self__",
        "object.__subclasses__()",
        "type(event).__mro__",
        "import sys\nsys._getframe()",
        "import inspect",
        "import builtins",
        "import gc",
        "import traceback\nfor f, line in traceback.walk_tb(e.__traceback__):\n    pass",
        "getattr(e, 'tb_frame')",
        "import operator\noperator.attrgetter('a.tb_frame')(e)",
        "import operator\noperator.attrgetter(x)(e)",
        "from operator import attrgetter as a",
        "import operator\na = operator.attrgetter",
        "'{0.__class__.__mro__}'.format(event)",
        "f'{e.__reduce_ex__}'",
        "import string\nstring.Formatter().get_field(x, (e,), {})",
        "match e:\n    case object(tb_frame=f):\n        pass",
        "class A:\n    __match_args__ = ('tb_' + 'frame',)",
        "object.__getattribute__(e, x)",
        "__builtins__.open",
        "exec(x)",
        "__import__(x)",
        "import codecs\ncodecs.register_error('strict', f)",
        "import threading\nthreading.settrace(f)",
        "import atexit\natexit.register(f)",
        "import pickle\npickle.loads(x)",
        "import pickle as p\np.Unpickler(x)",
        "from pickle import loads",
        "import pickle\nf(pickle)",
        "import sys as s\ns.modules",
        "x = getattr(json, y)\nx.default = f",
        "getattr(json, y).default = f",
        "import numpy\nnumpy.seed(1)",
        "import logging.config\nlogging.config.dictConfig(x)",
        "import _thread",
        "import concurrent.futures._base",
        "import os\nos.sys.modules",
        "platform.api.__host__",
        "import sys\nsys.stdout.__channel__",
    ],
)
def test_what_reaches_the_host_costs_its_life(text):
    assert compile_script("name", text, False).care == cares.RETIRE


@pytest.mark.parametrize(
    "text, watched",
    [
        ("return getattr(event, 'a', None)", False),
        ("return getattr(event, name, None)", True),
        ("g = getattr", True),
        ("return list(map(getattr, x, y))", True),
        ("return 'x' in globals()", True),
        ("return event.getattr", False),
    ],
)
def test_names_made_up_as_a_script_goes_are_watched(text, watched):
    script = compile_script("name", text, False)
    assert script.needs.watched == watched
    assert script.care != cares.RETIRE


class Sly(str):
    """May say that it is equal to no other."""


@pytest.mark.parametrize(
    "subject, name, away",
    [
        (1, "real", False),
        (os, "getcwd", False),
        (os, "path", False),
        (os, "sys", True),
        (os, "umask", True),
        (sys, "version", False),
        (sys, "modules", True),
        (os.getcwd, "__self__", True),
        (os.getcwd, "__name__", False),
        (os.getcwd, Sly("__self__"), True),
    ],
)
def test_a_watched_script_is_seen_when_it_asks_for_what_leads_away(subject, name, away):
    seen = watch.Watch()
    stand_in = seen.names({})["getattr"]
    assert stand_in(subject, name) == getattr(subject, name)
    assert seen.saw == away


def test_watched_globals_are_those_of_the_script_without_the_builtins():
    scope = {"__builtins__": 1, "x": 2}
    found = watch.Watch().names(scope)["globals"]()
    assert found is scope and found == {"x": 2}


def test_what_modules_keep_to_themselves_is_put_back():
    undo = Undo()
    names = ["decimal", "logging", "random", "socket", "warnings"]
    undo.before(names)
    usual = (decimal.getcontext().prec, list(warnings.filters), socket.getdefaulttimeout())
    handlers = list(logging.root.handlers)
    decimal.getcontext().prec = 2
    socket.setdefaulttimeout(9)
    warnings.simplefilter("ignore")
    logging.getLogger("of.a.script").setLevel(1)
    logging.root.addHandler(logging.StreamHandler())
    logging.disable()
    random.seed(1)
    first = random.random()
    random.seed(1)
    undo.after(names)
    try:
        assert random.random() != first
        assert usual == (
            decimal.getcontext().prec,
            list(warnings.filters),
            socket.getdefaulttimeout(),
        )
        assert (logging.root.handlers, logging.root.manager.disable) == ([], 0)
        assert logging.getLogger("of.a.script").level == logging.NOTSET
    finally:
        logging.root.handlers[:] = handlers


@pytest.mark.parametrize(
    "text, expected",
    [
        ("if not event.request.payload.get('a'):\n    raise Exception('x')", True),
        ("for r in event.request.payload.resource:\n    if len(r.name) > 3: return {'e': r}", True),
        ("n = 0\nfor r in event.x:\n    n += 1\nreturn n", True),
        ("def f(r):\n    return r.a\nreturn [f(r) for r in event.x]", True),
        ("r = platform.api.get('x')\nreturn json.loads(r.read())", True),
        ("event.x = 1", False),
        ("event['x'] = 1", False),
        ("del event.x", False),
        ("event.x.append(1)", False),
        ("f = event.x.append\nreturn [g(1) for g in (f,)]", False),
        ("return sorted([1], key=event.x.append)", False),
        ("x = event.x\nx += [1]", False),
        ("x = event.x\nx += 'ab'", False),
        ("getattr(event.x, 'app' + 'end')(1)", False),
        ("len = event.x.append\nlen(1)", False),
        ("def f(len): len(1)\nreturn f(event.g)", False),
        ("AnError = event.f\nAnError(1)", False),
        ("import random\nrandom.shuffle(event.x)", False),
        ("from heapq import heappush\nheappush(event.x, 1)", False),
        ("exec('event.x = 1')", False),
        ("for event.x in [1]: pass", False),
        ("with open('x') as event.x: pass", False),
        ("class A:\n    pass", False),
        ("event.__setitem__('x', 1)", False),
        ("[x for event.y in (1,)]", False),
    ],
)
def test_reads_only(text, expected):
    assert compile_script("name", text, False).reads_only is expected
