"""Stand-ins for the functions that take names of members as they come: what is asked for is looked at,
and what leads to where the host is costs it its life, as it does written out (care.py)."""

import types

from . import care

_getattr = getattr
_isinstance = isinstance
_Module = types.ModuleType


def _leads_away(subject, name, value):
    # Another kind of text may say of itself that it is equal to none.
    if type(name) is not str or care.is_special(name):
        return True
    if not _isinstance(subject, _Module):
        return False
    if care.is_lasting(name) or name not in care.PARTS.get(subject.__name__, (name,)):
        return True
    return _isinstance(value, _Module) and not care.is_plain_module(value.__name__)


class Watch:
    """`saw` is true once a script asked for something that leads to the host."""

    def __init__(self):
        self.saw = False

    def names(self, scope):
        """What stands in the globals of a script instead of the functions of Python."""

        def getattr(subject, name, *default):
            value = _getattr(subject, name, *default)
            if _leads_away(subject, name, value):
                self.saw = True
            return value

        def globals():
            # Functions of the script find the builtins by its frame.
            scope.pop("__builtins__", None)
            return scope

        return {"getattr": getattr, "globals": globals}
