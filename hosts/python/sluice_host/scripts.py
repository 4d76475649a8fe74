"""User text -> code. The text is the body of a function of `event` and `platform`."""

import ast
import sys

from . import care, errors, python2, readonly


class Script:
    """A compiled script, or the fault of its text: `fault` is raised by each of its runs."""

    __slots__ = ("name", "code", "fault", "needs", "quick", "reads_only", "is_prepared")

    def __init__(self, name):
        self.name = name
        self.code = None
        self.fault = None
        self.needs = care.Needs()
        self.is_prepared = False
        self.reads_only = False
        self.quick = False  # True once a run was short enough to let replies wait for it

    @property
    def care(self):
        return self.needs.care


def compile_script(name, text, is_python2):
    """Never raises: what is wrong with the text is the script's `fault`."""
    script = Script(name)
    try:
        if is_python2:
            tree = python2.parse(text, name)
        else:
            tree = ast.parse(text, name)
        script.needs = care.needs_of(tree, errors.NAMES)
        script.reads_only = readonly.cannot_change(tree)
        script.code = _function(tree, name)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as fault:
        script.fault = fault.with_traceback(None)
    return script


def _function(tree, name):
    """Moves the statements into a function at the level of the syntax tree, so that line numbers,
    indentation and strings over several lines stay what they are, and `return` is allowed."""
    body = tree.body
    future = []
    while body and isinstance(body[0], ast.ImportFrom) and body[0].module == "__future__":
        future.append(body.pop(0))
    if body and isinstance(body[0], ast.Expr) and _is_text(body[0].value):
        body.pop(0)  # would become a docstring
        while body and isinstance(body[0], ast.ImportFrom) and body[0].module == "__future__":
            future.append(body.pop(0))
    # As parameters, so that a script may assign to the names themselves.
    arguments = ast.arguments(
        posonlyargs=[],
        args=[ast.arg(arg="event"), ast.arg(arg="platform")],
        kwonlyargs=[],
        kw_defaults=[],
        defaults=[],
    )
    function = ast.FunctionDef(
        name="script",
        args=arguments,
        body=body or [ast.Pass()],
        decorator_list=[],
        returns=None,
        type_comment=None,
        lineno=1,
        col_offset=0,
    )
    if sys.version_info >= (3, 12):
        function.type_params = []
    module = ast.Module(body=future + [function], type_ignores=[])
    ast.fix_missing_locations(module)
    code = compile(module, name, "exec", dont_inherit=True)
    return next(c for c in code.co_consts if hasattr(c, "co_code") and c.co_name == "script")


def _is_text(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
