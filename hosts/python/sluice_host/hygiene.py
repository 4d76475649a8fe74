"""Clean start: what a run changed in the interpreter is undone before the next, or the host says
`retire`.

A run's own globals are fresh by construction. For the rest a script's syntax tree is read once: a
script that only works on its event needs nothing after a run; one that imports gets a look at the
environment, folder and paths; one that writes into modules gets every module compared with how it
was; one that changes what no comparison shows costs the host its life.
"""

import _thread
import ast
import os
import signal
import sys

NO_CARE, IMPORTS, MODULES, RETIRE = range(4)

# Modules in scope without an import.
_GIVEN = {"json", "http", "httplib", "bunch", "munch"}
# Calls on a module that change state outside any namespace.
_LASTING = {
    "seed", "setlocale", "basicConfig", "addHandler", "setLevel", "setdefaulttimeout", "umask",
    "filterwarnings", "simplefilter", "settrace", "setprofile", "setrecursionlimit", "setrlimit",
    "dup2", "nice", "setcontext", "setswitchinterval", "set_int_max_str_digits", "closerange",
}  # fmt: skip
_LASTING_MODULES = {"ctypes", "gc", "cffi"}
_OPAQUE = {"exec", "eval", "compile", "__import__", "__builtins__"}
_OPAQUE_MODULES = {"builtins", "sys", "importlib", "inspect", "types", "signal"}
_OPAQUE_ATTRIBUTES = {"__dict__", "__globals__", "__builtins__", "__subclasses__", "__setattr__"}


class _Reader(ast.NodeVisitor):
    """Finds the highest care that a script needs."""

    def __init__(self):
        self.care = NO_CARE
        self.modules = set(_GIVEN)
        self.reached = set(_GIVEN)  # names through which state of others is reachable

    def need(self, care):
        self.care = max(self.care, care)

    def visit_Import(self, node):
        self.need(IMPORTS)
        for alias in node.names:
            name = alias.asname or alias.name.split(".")[0]
            self.modules.add(name)
            self.reached.add(name)
            self._imported(alias.name)

    def visit_ImportFrom(self, node):
        self.need(IMPORTS)
        for alias in node.names:
            self.reached.add(alias.asname or alias.name)
            if alias.name in _LASTING:
                self.need(RETIRE)
        self._imported(node.module or "")

    def _imported(self, module):
        top = module.split(".")[0]
        if top in _LASTING_MODULES:
            self.need(RETIRE)
        elif top in _OPAQUE_MODULES:
            self.need(MODULES)

    def visit_Assign(self, node):
        if self._comes_from_elsewhere(node.value):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    self.reached.add(target.id)
        self.generic_visit(node)

    def _comes_from_elsewhere(self, value):
        if isinstance(value, ast.Call):
            return isinstance(value.func, ast.Name) and value.func.id == "type"
        if isinstance(value, ast.Attribute) and value.attr == "__class__":
            return True
        while isinstance(value, ast.Attribute):
            value = value.value
        return isinstance(value, ast.Name) and value.id in self.reached

    def visit_Name(self, node):
        if node.id in _OPAQUE:
            self.need(MODULES)
        elif node.id in self.modules and isinstance(node.ctx, ast.Load):
            self.need(MODULES)  # handed on as a value (an attribute's base does not come here)

    def visit_Call(self, node):
        function = node.func
        if isinstance(function, ast.Attribute) and function.attr in _LASTING:
            if self._root(function)[0] in self.reached:
                self.need(RETIRE)
        if isinstance(function, ast.Name) and function.id in ("setattr", "delattr") and node.args:
            if not isinstance(node.args[0], (ast.Name, ast.Subscript)):
                self.need(RETIRE)
            elif self._root(node.args[0])[0] in self.reached:
                self.need(RETIRE)
        self.generic_visit(node)

    def visit_Subscript(self, node):
        if not isinstance(node.ctx, ast.Load):
            self._stores(node)
        self.generic_visit(node)

    def visit_Attribute(self, node):
        if node.attr in _OPAQUE_ATTRIBUTES:
            self.need(MODULES)
        if not isinstance(node.ctx, ast.Load):
            self._stores(node)
        if not isinstance(node.value, ast.Name):
            self.generic_visit(node)

    def _stores(self, node):
        root, path = self._root(node)
        if root is None:
            if "type()" in path or "__class__" in path or any(p in _GIVEN for p in path):
                self.need(RETIRE)
        elif "__class__" in path:
            self.need(RETIRE)
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
                node = node.func
            else:
                break
        path = [p for p in path if p != "[]"] or ["[]"]
        return (node.id if isinstance(node, ast.Name) else None), path


def care_of(tree):
    reader = _Reader()
    before = None
    # Twice, so that a name used above the line that binds it counts too.
    while before != (reader.care, len(reader.reached)):
        before = (reader.care, len(reader.reached))
        reader.visit(tree)
    return reader.care


class Keeper:
    """Remembers the interpreter as it was when the host had booted."""

    def __init__(self, classes):
        self.environment = dict(os.environ)
        self.folder = os.getcwd()
        self.path = list(sys.path)
        self.meta_path = list(sys.meta_path)
        self.known = set(sys.modules)
        self.modules = dict(sys.modules)
        self.snapshots = {}
        self.classes = [(kind, dict(vars(kind))) for kind in classes]
        self.signals = {}
        for number in signal.valid_signals():
            self.signals[number] = signal.getsignal(number)
        self.libraries = tuple(
            os.path.join(folder, "") for folder in self.path if folder and os.path.isdir(folder)
        )
        self._snapshot()

    def _snapshot(self):
        for name, module in list(sys.modules.items()):
            if name not in self.snapshots and hasattr(module, "__dict__"):
                self.snapshots[name] = (module, dict(vars(module)))
                self.modules[name] = module

    def before(self, script):
        """Ahead of a run that may write into modules: what it will find is worth remembering."""
        if script.care == MODULES:
            self._snapshot()

    def after(self, care):
        """Undoes what it can. Shape: the reason to retire, or None."""
        reason = None
        if care >= IMPORTS:
            reason = self._common()
        if care == MODULES:
            reason = self._compare() or reason
        if care == RETIRE:
            reason = "the script changed the interpreter"
        if threads():
            reason = "the script left threads behind"
        return reason

    def _common(self):
        if os.environ._data is not _ENVIRONMENT or dict(os.environ) != self.environment:
            os.environ.clear()
            os.environ.update(self.environment)
        try:
            if os.getcwd() != self.folder:
                os.chdir(self.folder)
        except OSError:
            os.chdir(self.folder)
        if sys.path != self.path:
            sys.path[:] = self.path
        if len(sys.modules) != len(self.known):
            self._forget_own_modules()
        return None

    def _forget_own_modules(self):
        """A script's own files are read anew by each run; what belongs to Python stays loaded."""
        for name in [name for name in sys.modules if name not in self.known]:
            module = sys.modules[name]
            file = getattr(module, "__file__", None)
            spec = getattr(module, "__spec__", None)
            # A builtin module has a spec and no file; a namespace package has neither.
            library = file.startswith(self.libraries) if file else getattr(spec, "origin", None)
            if spec is not None and library:
                self.known.add(name)
            else:
                del sys.modules[name]

    def _compare(self):
        reason = None
        for name, module in self.modules.items():
            if sys.modules.get(name) is not module:
                sys.modules[name] = module
        for module, kept in self.snapshots.values():
            now = vars(module)
            if _differs(now, kept):
                for key in [key for key in now if key not in kept]:
                    del now[key]
                now.update(kept)
        for kind, kept in self.classes:
            if _differs(dict(vars(kind)), kept):
                reason = "the script changed a class of the host"
        if sys.meta_path != self.meta_path:
            sys.meta_path[:] = self.meta_path
        for number, handler in self.signals.items():
            if handler is not None and signal.getsignal(number) is not handler:
                try:
                    signal.signal(number, handler)
                except (OSError, ValueError, TypeError):
                    reason = "the script changed a signal handler"
        if any(name not in self.snapshots for name in sys.modules):
            # Imported by this very run, so nobody knows how they were before it wrote into them.
            reason = "the script changed modules that it had just loaded"
        return reason


_ENVIRONMENT = os.environ._data


def threads():
    """How many threads besides the main one are alive."""
    return _thread._count()


def _differs(now, kept):
    try:
        return now != kept
    except Exception:
        return True
