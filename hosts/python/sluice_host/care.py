"""How much a script may leave behind, read from its syntax tree once.

A script that only works on its event needs nothing after a run; one that imports gets a look at the
environment, folder and paths; one that writes into modules gets every module compared with how it
was; one that changes what no comparison shows, or that looks where the host itself is in reach (frames,
the insides of functions and classes), costs the host its life. Names of members that are made up as
the script goes are looked at as it asks for them (watch.py).
"""

import ast
import re

NO_CARE, IMPORTS, MODULES, RETIRE = range(4)

# Modules in scope without an import.
_GIVEN = {"json", "http", "httplib", "bunch", "munch"}
# Calls on a module that change state outside any namespace.
_LASTING = {
    "seed", "setlocale", "basicConfig", "addHandler", "setLevel", "setdefaulttimeout", "umask",
    "filterwarnings", "simplefilter", "settrace", "setprofile", "setrecursionlimit", "setrlimit",
    "dup2", "nice", "setcontext", "setswitchinterval", "set_int_max_str_digits", "closerange",
    "register", "register_error", "register_namespace", "register_at_fork", "dictConfig",
    "fileConfig", "install_opener", "setLoggerClass", "setLogRecordFactory", "addaudithook",
    "set_event_loop_policy", "setlogmask", "register_adapter", "register_converter",
}  # fmt: skip
# Of these, what is undone after the run (undo.py), by the module that has them.
_UNDONE = {
    "seed": "random", "setstate": "random", "setlocale": "locale", "basicConfig": "logging",
    "addHandler": "logging", "setLevel": "logging", "setdefaulttimeout": "socket",
    "filterwarnings": "warnings", "simplefilter": "warnings", "setcontext": "decimal",
}  # fmt: skip
# Modules that run texts, resolve names or hand out what the interpreter keeps to itself.
_LASTING_MODULES = {
    "ctypes", "gc", "cffi", "builtins", "inspect", "importlib", "imp", "marshal",
    "shelve", "dill", "cloudpickle", "code", "codeop", "runpy", "pdb", "bdb", "trace", "timeit",
    "doctest", "unittest", "pydoc", "pkgutil", "pkg_resources", "site", "zipimport", "faulthandler",
    "cProfile", "profile", "tracemalloc", "copyreg", "atexit", "symtable", "rlcompleter", "mock",
    "sluice_host", "wrapt", "forbiddenfruit",
}  # fmt: skip
# Other modules have them as members.
_PASSED_ON = {"sys", "builtins", "ctypes", "gc", "inspect", "importlib", "pickle", "marshal", "_os"}
_OPAQUE_MODULES = {"sys", "types", "signal"}
_RETIRING_NAMES = {
    "exec", "eval", "compile", "__import__", "__builtins__", "execfile", "breakpoint",
    "__loader__", "__spec__", "__build_class__",
}  # fmt: skip
_OPAQUE_NAMES = {"vars", "globals"}
_OPAQUE_ATTRIBUTES = {"__dict__", "__weakref__"}
# What else of the interpreter's own names may be read of anything: it leads nowhere.
_HARMLESS = {
    "__" + name + "__"
    for name in (
        "name qualname module doc class init new str repr len iter next enter exit aenter aexit eq ne"
        " lt le gt ge hash version file author cause context suppress_context traceback notes contains"
        " getitem setitem delitem add sub mul truediv floordiv mod pow neg pos abs and or xor invert"
        " bool int float index format bytes call all slots annotations post_init await aiter anext"
        " set_name missing reversed copy deepcopy round sizeof main del members"
    ).split()
}
# Of frames, generators, coroutines, code; and functions that give frames or take names of members.
_REACHING = {
    "tb_frame", "f_back", "f_locals", "f_globals", "f_builtins", "f_code", "f_trace", "gi_frame",
    "gi_code", "gi_yieldfrom", "cr_frame", "cr_code", "cr_await", "cr_origin", "ag_frame", "ag_code",
    "ag_await", "func_globals", "func_code", "func_closure", "im_func", "im_self", "im_class", "mro",
    "_getframe", "_current_frames", "_current_exceptions", "currentframe", "walk_stack", "walk_tb",
    "get_field", "getattr_static", "import_module", "reload", "get_referrers", "get_objects",
}  # fmt: skip
_SPECIAL = re.compile(r"__\w+__|" + "|".join(sorted(r"\b%s\b" % name for name in _REACHING)))
# All else of `sys` is the interpreter's.
_OF_SYS = {
    "stdout", "stderr", "stdin", "argv", "version", "version_info", "path", "exit", "maxsize",
    "platform", "getsizeof", "byteorder", "exc_info", "getrecursionlimit", "executable", "float_info",
    "getdefaultencoding", "getfilesystemencoding", "maxunicode", "hexversion", "implementation",
    "getrefcount", "intern", "int_info", "prefix", "getswitchinterval",
}  # fmt: skip
# What may be used of modules of which the rest leads further: reading a pickle calls what it names.
PARTS = {
    "sys": _OF_SYS,
    "pickle": {"dumps", "dump", "HIGHEST_PROTOCOL", "DEFAULT_PROTOCOL", "PickleError",
               "PicklingError", "UnpicklingError"},
}  # fmt: skip
# Functions that take names of members as texts. With constants, those texts are read like any other.
_BY_NAME = {"attrgetter": 0, "methodcaller": 0}
# Those that stand-ins watch: watch.py.
_WATCHED = {"getattr", "globals"}
_PLAIN_CALLS = {"isinstance", "issubclass", "hasattr", "str", "repr", "print", "id", "len", "bool"}


def is_special(name):
    """A name of a member that leads to where the host is, on anything."""
    return name in _REACHING or (name[:2] == "__" == name[-2:] and name not in _HARMLESS)


def is_lasting(name):
    """A name of what changes or hands out state of the interpreter, in some module."""
    return name in _LASTING or name in _PASSED_ON


def is_plain_module(name):
    parts = name.split(".")
    return not any(p in _LASTING_MODULES or p in PARTS or p[:1] == "_" for p in parts)


class _Reader(ast.NodeVisitor):
    """Finds the highest care that a script needs. `classes`: names of the host's own classes."""

    def __init__(self, classes):
        self.care = NO_CARE
        self.modules = set(_GIVEN)
        self.reached = _GIVEN | classes  # names through which state of others is reachable
        self.origin = {name: name for name in _GIVEN}  # names and the modules that they come from
        self.imports = set()  # modules, with their packages
        self.undo = set()  # modules with something to undo
        self.is_watched = False
        self.lent = set()  # ids of nodes that a stand-in looks at, or that are a script's own
        self.called = set()  # ids of nodes that are only called, compared or asked for their name

    def need(self, care):
        self.care = max(self.care, care)

    # -- imports -----------------------------------------------------------------------------------

    def visit_Import(self, node):
        self.need(IMPORTS)
        for alias in node.names:
            name = alias.asname or alias.name.split(".")[0]
            self.modules.add(name)
            self.reached.add(name)
            self.origin[name] = alias.name if alias.asname else name
            self._imported(alias.name)

    def visit_ImportFrom(self, node):
        self.need(IMPORTS)
        module = node.module or ""
        for alias in node.names:
            self.reached.add(alias.asname or alias.name)
            self.origin[alias.asname or alias.name] = module
            self.imports.add(module + "." + alias.name)
            if self._is_undone(alias.name, module):
                pass
            elif alias.name in _LASTING or alias.name in _LASTING_MODULES or alias.name == "*":
                self.need(RETIRE)
            self._member(alias.name)
            if module in PARTS and alias.name not in PARTS[module]:
                self.need(RETIRE)
            if alias.name in _BY_NAME and alias.asname:
                self.need(RETIRE)
        self._imported(module)

    def _imported(self, module):
        parts = module.split(".")
        if parts[0] == "__future__":
            return
        self.imports.add(module)
        if parts[0] in ("decimal", "locale", "logging", "socket", "warnings"):
            self.undo.add(parts[0])
        if any(part in _LASTING_MODULES for part in parts) or any(p[:1] == "_" for p in parts):
            self.need(RETIRE)
        elif parts[0] in _OPAQUE_MODULES:
            self.need(MODULES)

    def _is_undone(self, name, module):
        if _UNDONE.get(name) != module:
            return False
        self.undo.add(module)
        return True

    # -- names and members -------------------------------------------------------------------------

    def _member(self, name):
        if name in _REACHING:
            self.need(RETIRE)
        elif name.startswith("__") and name.endswith("__") and name not in _HARMLESS:
            self.need(MODULES if name in _OPAQUE_ATTRIBUTES else RETIRE)

    def visit_Constant(self, node):
        """A text may be the name of a member: for getattr, a format, an attrgetter."""
        if isinstance(node.value, str) and ("_" in node.value):
            for name in _SPECIAL.findall(node.value):
                self._member(name)

    def visit_Assign(self, node):
        if self._comes_from_elsewhere(node.value):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    self.reached.add(target.id)
        self.generic_visit(node)

    def _comes_from_elsewhere(self, value):
        if isinstance(value, ast.Call):
            if isinstance(value.func, ast.Name) and value.func.id == "getattr":
                return self._root(value)[0] in self.reached
            return isinstance(value.func, ast.Name) and value.func.id == "type"
        if isinstance(value, ast.Attribute) and value.attr == "__class__":
            return True
        while isinstance(value, ast.Attribute):
            value = value.value
        return isinstance(value, ast.Name) and value.id in self.reached

    def visit_Name(self, node):
        if node.id in _RETIRING_NAMES or node.id == "__match_args__":
            self.need(RETIRE)
        elif id(node) in self.lent:
            pass
        elif node.id in _OPAQUE_NAMES:
            self.is_watched = self.is_watched or node.id in _WATCHED
            self.need(MODULES)
        elif node.id in _WATCHED and id(node) not in self.called:
            self.is_watched = True  # whoever calls it, calls it with any name
        elif node.id in _BY_NAME and id(node) not in self.called:
            self.need(RETIRE)  # whoever calls it, calls it with any name
        elif node.id in self.modules and isinstance(node.ctx, ast.Load):
            # handed on as a value (an attribute's base does not come here)
            self.need(RETIRE if self.origin.get(node.id) == "pickle" else MODULES)

    def visit_MatchClass(self, node):
        for name in node.kwd_attrs:
            self._member(name)
        self.generic_visit(node)

    def visit_Call(self, node):
        function = node.func
        self.called.add(id(function))
        name = function.attr if isinstance(function, ast.Attribute) else None
        if isinstance(function, ast.Name):
            name = function.id
        if name in _LASTING and isinstance(function, ast.Attribute):
            root = self._root(function)[0]
            if root in self.reached and not self._is_undone(name, self.origin.get(root)):
                self.need(RETIRE)
        if isinstance(function, ast.Name) and name == "getattr":
            if not self._names_all(node.args[1:2]):
                self.is_watched = True
                self.lent.update(id(argument) for argument in node.args[:1])
        elif isinstance(function, ast.Name) and name == "vars":
            self.lent.discard(id(function))
            if self._is_own(node.args):
                self.lent.add(id(function))
        elif name in _BY_NAME:
            self._by_name(node, _BY_NAME[name])
        elif name in _PLAIN_CALLS:
            self.called.update(id(argument) for argument in node.args)
        if name == "type" and len(node.args) == 1 and id(node) not in self.called:
            self.need(MODULES)  # the class is handed on: those of the host are compared
        if isinstance(function, ast.Name) and function.id in ("setattr", "delattr") and node.args:
            if not isinstance(node.args[0], (ast.Name, ast.Subscript)):
                self.need(RETIRE)
            elif self._root(node.args[0])[0] in self.reached:
                self.need(RETIRE)
        self.generic_visit(node)

    def _is_own(self, nodes):
        """Nothing, or names that stand for nothing from elsewhere."""
        return all(isinstance(n, ast.Name) and n.id not in self.reached for n in nodes)

    def _by_name(self, node, first):
        """Names that are made up as the script goes may be any."""
        if not self._names_all(node.args[first : first + 1] if first else node.args):
            self.need(RETIRE)

    @staticmethod
    def _names_all(names):
        """Every one is a text that was read with the rest of the script."""
        return bool(names) and all(
            isinstance(n, ast.Constant) and isinstance(n.value, str) for n in names
        )

    def visit_Compare(self, node):
        for side in [node.left, *node.comparators]:
            self.called.add(id(side))
            if isinstance(side, (ast.Tuple, ast.List, ast.Set)):
                self.called.update(id(one) for one in side.elts)
        self.generic_visit(node)

    # -- what is written ---------------------------------------------------------------------------

    def visit_Subscript(self, node):
        if not isinstance(node.ctx, ast.Load):
            self._stores(node)
        self.generic_visit(node)

    def visit_Attribute(self, node):
        if node.attr != "__dict__" or not self._is_own([node.value]):
            self._member(node.attr)
        if node.attr in ("__name__", "__qualname__", "__module__", "__doc__"):
            self.called.add(id(node.value))
        elif node.attr == "__class__" and id(node) not in self.called:
            self.need(MODULES)
        if isinstance(node.value, ast.Name) and node.value.id in self.modules:
            module = self.origin.get(node.value.id)
            if module in PARTS and node.attr not in PARTS[module]:
                self.need(RETIRE)
            if node.attr in _BY_NAME and id(node) not in self.called:
                self.need(RETIRE)
        if node.attr in _PASSED_ON and self._root(node)[0] in self.reached:
            self.need(RETIRE)
        if not isinstance(node.ctx, ast.Load):
            self._stores(node)
        if not isinstance(node.value, ast.Name):
            self.generic_visit(node)
        elif node.value.id in _RETIRING_NAMES:
            self.need(RETIRE)

    def _stores(self, node):
        root, path = self._root(node)
        if root is None:
            if "type()" in path or "__class__" in path or any(p in _GIVEN for p in path):
                self.need(RETIRE)
        elif "__class__" in path:
            self.need(RETIRE)
        elif self.origin.get(root) == "decimal" and "getcontext" in (root, *path[:1]):
            self.undo.add("decimal")
        elif root in self.modules and len(path) == 1 and isinstance(node, ast.Attribute):
            self.need(MODULES)
        elif root in self.reached and path[:1] != ["environ"]:
            self.need(RETIRE)

    def _root(self, node):
        """(name at the start or None, attribute names on the way) of `a.b[c].d`."""
        path = []
        while True:
            if isinstance(node, ast.Attribute):
                path.insert(0, node.attr)
                node = node.value
            elif isinstance(node, ast.Subscript):
                if not (path and path[0] == "[]"):
                    path.insert(0, "[]")
                node = node.value
            elif isinstance(node, ast.Call):
                if isinstance(node.func, ast.Name) and node.func.id == "type":
                    path.insert(0, "type()")
                    return None, path
                if isinstance(node.func, ast.Name) and node.func.id == "getattr" and node.args:
                    path.insert(0, "?")
                    node = node.args[0]
                    continue
                node = node.func
            else:
                break
        path = [p for p in path if p != "[]"] or ["[]"]
        return (node.id if isinstance(node, ast.Name) else None), path


class Needs:
    """What a script needs. `undo`, `imports`: names of modules; `watched`: stand-ins for the functions
    that take names of members."""

    __slots__ = ("care", "imports", "undo", "watched")

    def __init__(self, care=NO_CARE, imports=(), undo=(), watched=False):
        self.care = care
        self.imports = tuple(imports)
        self.undo = tuple(undo)
        self.watched = watched


def needs_of(tree, classes=frozenset()):
    reader = _Reader(set(classes))
    before = None
    # Twice, so that a name used above the line that binds it counts too.
    while before != (reader.care, len(reader.reached)):
        before = (reader.care, len(reader.reached))
        reader.visit(tree)
    return Needs(reader.care, sorted(reader.imports), sorted(reader.undo), reader.is_watched)


def care_of(tree, classes=frozenset()):
    return needs_of(tree, classes).care
