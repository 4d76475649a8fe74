#!/usr/bin/env python3
"""Refuse documents that have drifted from the tree.

- every path that a document or a comment names exists (docs in comments, any repository path in Markdown);
- every page under docs/adr/ is in its index, and the index names no page that is not there;
- every room of CMakeLists.txt has a paragraph in ARCHITECTURE.md, and the table of edges there is the
  one that CMakeLists.txt declares (--write puts it there).
"""

import os
import pathlib
import re
import sys

root = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(root / "tools"))
from check_layers import declared_edges  # noqa: E402

SKIPPED = {".git", "build", "var", "node_modules", "__pycache__", ".pytest_cache"}
TOP = ("src", "hosts", "tests", "tools", "docs", "examples", "bench", "console", "cmake", ".ci")
PATH = re.compile(r"^(?:%s)/[\w./-]*[\w/]$" % "|".join(map(re.escape, TOP)))
EDGES = re.compile(r"(<!-- edges -->\n).*?(<!-- /edges -->)", re.S)


def files(*suffixes):
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(set(folders) - SKIPPED)
        for name in sorted(names):
            if name.endswith(suffixes):
                yield pathlib.Path(folder, name)


def without_code_blocks(text):
    """Blank the fenced blocks, keeping the line numbers."""
    return re.sub(r"^```.*?^```", lambda m: "\n" * m.group().count("\n"), text, flags=re.S | re.M)


def named_paths(page):
    """(line, path) of what a Markdown page points to inside this repository."""
    for number, line in enumerate(without_code_blocks(page.read_text()).splitlines(), 1):
        for quoted in re.findall(r"`([^`]+)`", line):
            word = re.sub(r":\d+$", "", quoted)
            if PATH.match(word):
                yield number, root / word
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", line):
            if not re.match(r"\w+:", target):
                yield number, page.parent / target


def missing_paths():
    for page in files(".md"):
        for number, path in named_paths(page):
            if not path.exists():
                yield f"{page.relative_to(root)}:{number}: no such path: {os.path.relpath(path, root)}"
    for source in files(".h", ".cpp", ".cmake", ".txt", ".py", ".js", ".mjs", ".php", ".sh"):
        for number, line in enumerate(source.read_text(errors="replace").splitlines(), 1):
            for named in re.findall(r"\b(docs/(?:adr|howto|reference|guide)/[\w-]+\.md)", line):
                if not (root / named).exists():
                    yield f"{source.relative_to(root)}:{number}: no such page: {named}"


def unlisted_decisions():
    folder = root / "docs" / "adr"
    listed = set(re.findall(r"\((\d{4}-[\w-]+\.md)\)", (folder / "README.md").read_text()))
    present = {page.name for page in folder.glob("[0-9]*.md")}
    for name in sorted(present - listed):
        yield f"docs/adr/README.md: {name} is not in the index"
    numbers = [name[:4] for name in present]
    for number in sorted({n for n in numbers if numbers.count(n) > 1}):
        yield f"docs/adr: two pages have the number {number}"


def edges_table():
    rows = ["| room | may include |", "|---|---|"]
    order = list(declared_edges())
    for room, uses in declared_edges().items():
        rows.append(
            f"| `{room}` | {', '.join(sorted(uses, key=order.index)) or 'nothing of ours'} |"
        )
    return "\n".join(rows) + "\n"


def stale_architecture(write):
    page = root / "ARCHITECTURE.md"
    text = page.read_text()
    for room in declared_edges():
        if not re.search(rf"^\*\*`?(?:src/)?{room}/?`?\*\*", text, re.M):
            yield f"ARCHITECTURE.md: no paragraph that begins with **`{room}`**"
    fresh = EDGES.sub(lambda m: m.group(1) + edges_table() + m.group(2), text)
    if fresh != text:
        if write:
            page.write_text(fresh)
        else:
            yield "ARCHITECTURE.md: the table of edges is stale; run tools/check_docs.py --write"
    elif not EDGES.search(text):
        yield "ARCHITECTURE.md: no table of edges"


def main():
    faults = list(stale_architecture("--write" in sys.argv))
    faults += missing_paths()
    faults += unlisted_decisions()
    for fault in faults:
        print(fault)
    if not faults:
        print(f"docs: {sum(1 for _ in files('.md'))} pages, every path they name is there")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
