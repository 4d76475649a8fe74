"""Which scripts cannot change their event: most checks and validations.

What they read need not be written out again only to see that it is the same. The answer is read
from the syntax tree, and no wherever there is doubt.
"""

import ast

_MUTATORS = {
    "append", "extend", "insert", "pop", "remove", "clear", "sort", "reverse", "update",
    "popitem", "setdefault", "add", "discard", "settle", "write", "send", "throw",
}  # fmt: skip
_FUNCTIONS = {
    "len", "str", "int", "float", "bool", "isinstance", "any", "all", "min", "max", "sum", "abs",
    "round", "sorted", "enumerate", "zip", "range", "repr", "print", "dict", "list", "set",
    "tuple", "reversed", "format", "ord", "chr", "hasattr", "bytes", "frozenset", "divmod",
    "bunchify", "munchify", "unbunchify", "unmunchify",
}  # fmt: skip
# None of their functions changes what it is given.
_MODULES = {
    "json", "re", "datetime", "time", "math", "hashlib", "base64", "uuid", "string", "decimal",
    "urllib", "http", "httplib", "bunch", "munch",
}  # fmt: skip
_NUMBERS = (int, float)


def cannot_change(tree):
    """True only when no run of the script can change what it was given."""
    defined = set()
    bound = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.Lambda)):
            arguments = node.args
            bound.update(
                a.arg
                for a in arguments.args
                + arguments.kwonlyargs
                + arguments.posonlyargs
                + [a for a in (arguments.vararg, arguments.kwarg) if a]
            )
            if isinstance(node, ast.FunctionDef):
                if node.decorator_list:
                    return False
                defined.add(node.name)
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            bound.add(node.id)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            bound.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            bound.update(a.asname or a.name.split(".")[0] for a in node.names)
    if bound & (defined | _FUNCTIONS) or defined & _FUNCTIONS:
        return False
    return all(_is_harmless(node, defined, bound) for node in ast.walk(tree))


def _is_harmless(node, defined, bound):
    if isinstance(node, ast.Attribute):
        return (
            isinstance(node.ctx, ast.Load)
            and node.attr not in _MUTATORS
            and not node.attr.startswith("__")
        )
    if isinstance(node, ast.Subscript):
        return isinstance(node.ctx, ast.Load)
    if isinstance(node, ast.AugAssign):
        # `x += [1]` changes a list in place, `x += 1` cannot.
        return (
            isinstance(node.target, ast.Name)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, _NUMBERS)
        )
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute):
            return True  # its name is looked at above
        return isinstance(node.func, ast.Name) and (
            node.func.id in _FUNCTIONS
            or node.func.id in defined
            or (node.func.id.endswith(("Exception", "Error")) and node.func.id not in bound)
        )
    if isinstance(node, ast.Import):
        return all(alias.name.split(".")[0] in _MODULES for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        return False
    return not isinstance(
        node,
        (ast.ClassDef, ast.AsyncFunctionDef, ast.With, ast.AsyncWith, ast.Yield, ast.YieldFrom,
         ast.Await, ast.Global, ast.Nonlocal),
    )  # fmt: skip
