"""State that modules of Python keep to themselves, and that scripts commonly change: put back after a
run. Each is looked at only when the script imports the module."""

import sys


class _Logging:
    """Loggers that a run made, or changed, do what loggers do unasked."""

    @staticmethod
    def restore(logging):
        root = logging.root
        manager = root.manager
        for logger in [root, *manager.loggerDict.values()]:
            if isinstance(logger, logging.PlaceHolder):
                continue
            # Libraries give theirs one that does nothing.
            kept = [one for one in logger.handlers if type(one) is logging.NullHandler]
            logger.handlers[:] = kept
            logger.filters[:] = ()
            logger.level = logging.WARNING if logger is root else logging.NOTSET
            logger.propagate = True
            logger.disabled = False
        manager.disable = 0
        manager._clear_cache()


class Undo:
    def __init__(self):
        self.filters = list(sys.modules["warnings"].filters) if "warnings" in sys.modules else None
        self.locale = None
        self.context = None
        self.timeout = None

    def before(self, names):
        """Ahead of a run: the modules `names` are loaded, and as they should be."""
        for name in names:
            module = sys.modules.get(name)
            if module is None:
                continue
            if name == "decimal" and self.context is None:
                self.context = module.getcontext().copy()
            elif name == "locale" and self.locale is None:
                self.locale = module.setlocale(module.LC_ALL)

    def after(self, names):
        for name in names:
            module = sys.modules.get(name)
            if module is not None:
                getattr(self, "_" + name)(module)

    def _logging(self, module):
        _Logging.restore(module)

    def _random(self, module):
        module.seed()

    def _decimal(self, module):
        if self.context is not None:
            module.setcontext(self.context.copy())

    def _locale(self, module):
        if self.locale is not None:
            module.setlocale(module.LC_ALL, self.locale)

    def _socket(self, module):
        if module.getdefaulttimeout() is not None:
            module.setdefaulttimeout(None)

    def _warnings(self, module):
        if self.filters is not None and module.filters != self.filters:
            module.filters[:] = self.filters
            module._filters_mutated()
