"""Python 2 sources, translated by lib2to3 where the interpreter still has it (before 3.13)."""

import ast
import re
import warnings

_tool = None

# The integer division of Python 2, which lib2to3 leaves alone. In the globals of such scripts.
DIVIDE = "__divide__"


# The translation drops the statement, so it is looked for in the original.
_TRUE_DIVISION = re.compile(r"^from __future__ import [^\n]*\bdivision\b", re.MULTILINE)


def divide(a, b):
    if isinstance(a, int) and isinstance(b, int):
        return a // b
    return a / b


def _refactoring():
    global _tool
    if _tool is None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                from lib2to3 import refactor
        except ImportError:
            raise SyntaxError(
                "Python 2 scripts need a Python below 3.13 (with lib2to3); use type python3"
            ) from None
        names = refactor.get_fixers_from_package("lib2to3.fixes")
        _tool = refactor.RefactoringTool(names)
    return _tool


def parse(text, name):
    """Syntax tree in Python 3. Errors: SyntaxError with the line in the original text."""
    try:
        tool = _refactoring()
    except SyntaxError:
        try:
            return ast.parse(text, name)  # may well be Python 3 too
        except SyntaxError:
            pass
        raise
    import logging
    from lib2to3.pgen2.parse import ParseError
    from lib2to3.pgen2.tokenize import TokenError

    logging.getLogger("RefactoringTool").disabled = True
    source = text if text.endswith("\n") else text + "\n"
    try:
        translated = str(tool.refactor_string(source, name))
    except (ParseError, TokenError, IndentationError) as fault:
        try:
            tree = ast.parse(text, name)  # Python 3 already
        except SyntaxError:
            raise _syntax_error(fault, text, name) from None
        return tree
    tree = ast.parse(translated, name)
    if not _TRUE_DIVISION.search(text):
        tree = ast.fix_missing_locations(_Division().visit(tree))
    return tree


def _syntax_error(fault, text, name):
    if isinstance(fault, SyntaxError):
        fault.filename = name
        return fault
    context = getattr(fault, "context", None)  # ParseError: (prefix, (line, column))
    place = context[1] if context else (fault.args[1] if len(fault.args) > 1 else (1, 0))
    lines = text.split("\n")
    line = min(max(place[0], 1), len(lines))
    return SyntaxError("invalid syntax", (name, line, place[1] + 1, lines[line - 1]))


class _Division(ast.NodeTransformer):
    def visit_BinOp(self, node):
        self.generic_visit(node)
        return self._call(node) if isinstance(node.op, ast.Div) else node

    def visit_AugAssign(self, node):
        self.generic_visit(node)
        if not isinstance(node.op, ast.Div) or not isinstance(node.target, ast.Name):
            return node
        left = ast.copy_location(ast.Name(node.target.id, ast.Load()), node)
        value = self._call(ast.copy_location(ast.BinOp(left, node.op, node.value), node))
        return ast.copy_location(ast.Assign([node.target], value), node)

    @staticmethod
    def _call(node):
        name = ast.Name(DIVIDE, ast.Load())
        return ast.copy_location(ast.Call(name, [node.left, node.right], []), node)
