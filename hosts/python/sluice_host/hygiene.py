"""Clean start: what a run changed in the interpreter is undone before the next, or the host says
`retire`. How much there is to look at, care.py read from the script.
"""

import _thread
import os
import signal
import sys

from .care import IMPORTS, MODULES, NO_CARE, RETIRE, care_of
from .undo import Undo

__all__ = ["IMPORTS", "MODULES", "NO_CARE", "RETIRE", "Keeper", "care_of", "threads"]


class Keeper:
    """Remembers the interpreter as it was when the host had booted. `own`: modules by name that are
    not in sys.modules, and are looked at like those that are."""

    def __init__(self, classes, own=()):
        self.environment = dict(os.environ)
        self.folder = os.getcwd()
        self.path = list(sys.path)
        self.meta_path = list(sys.meta_path)
        self.known = set(sys.modules)
        self.modules = dict(sys.modules)
        self.snapshots = {}
        self.classes = [(kind, dict(vars(kind))) for kind in classes]
        self.undo = Undo()
        self.signals = {}
        for number in signal.valid_signals():
            self.signals[number] = signal.getsignal(number)
        self.libraries = tuple(
            os.path.join(folder, "") for folder in self.path if folder and os.path.isdir(folder)
        )
        for name in own:
            self.snapshots[name] = (own[name], dict(vars(own[name])))
        self._snapshot()

    def _snapshot(self):
        for name, module in list(sys.modules.items()):
            if name not in self.snapshots and hasattr(module, "__dict__"):
                self.snapshots[name] = (module, dict(vars(module)))
                self.modules[name] = module

    def before(self, script):
        """Ahead of a run that may write into modules: what it will find is worth remembering."""
        if not script.is_prepared:
            script.is_prepared = True
            for name in script.needs.imports if script.care == MODULES or script.needs.undo else ():
                self._load(name)
        if script.care == MODULES:
            self._snapshot()
        if script.needs.undo:
            self.undo.before(script.needs.undo)

    @staticmethod
    def _load(name):
        """A module of Python itself, which the script is going to import."""
        if name.partition(".")[0] in sys.stdlib_module_names and name not in sys.modules:
            try:
                __import__(name)
            except ImportError:
                pass  # a member of a module, mostly; the script will see

    def after(self, script):
        """Undoes what it can. Shape: the reason to retire, or None."""
        care = script.care
        reason = None
        if care >= IMPORTS:
            reason = self._common()
            if script.needs.undo:
                self.undo.after(script.needs.undo)
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
        for name, (module, kept) in self.snapshots.items():
            now = vars(module)
            if _differs(now, kept):
                for key in [key for key in now if key not in kept]:
                    # A module inside a package becomes its member once somebody imports it.
                    if now[key] is not sys.modules.get(f"{name}.{key}", self):
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
        loaded = [name for name in sys.modules if name not in self.snapshots]
        if any(name.partition(".")[0] not in sys.stdlib_module_names for name in loaded):
            # Imported by this very run, so nobody knows how they were before it wrote into them. Those
            # of Python that it names were loaded before; the others it did not ask for.
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
