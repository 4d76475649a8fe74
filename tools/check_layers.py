#!/usr/bin/env python3
"""Refuse an #include "room/..." under src/ that is no edge declared by room(... USES ...) in CMakeLists.txt."""
import pathlib
import re
import sys

root = pathlib.Path(__file__).resolve().parent.parent


def declared_edges():
    """room -> the rooms it may include."""
    edges = {}
    text = (root / "CMakeLists.txt").read_text()
    for name, arguments in re.findall(r"^room\((\w+)([^)]*)\)", text, re.M):
        uses = re.search(r"\bUSES\s+([\w\s]*?)\s*(?:\bLIBS\b|$)", arguments)
        edges[name] = set(uses.group(1).split()) if uses else set()
    return edges


def refused_includes(edges):
    for path in sorted((root / "src").rglob("*")):
        if path.suffix not in (".h", ".cpp"):
            continue
        here = path.relative_to(root / "src").parts[0]
        if here not in edges:
            yield f"{path.relative_to(root)}: '{here}' is no room in CMakeLists.txt"
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            include = re.match(r'\s*#include "(\w+)/', line)
            if include and include.group(1) != here and include.group(1) not in edges[here]:
                yield f"{path.relative_to(root)}:{number}: {here} may not use {include.group(1)}"


def main():
    edges = declared_edges()
    refused = list(refused_includes(edges))
    for line in refused:
        print(line)
    if not refused:
        count = sum(map(len, edges.values()))
        print(f"layers: {len(edges)} rooms, {count} edges, all includes declared")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
