#!/usr/bin/env python3
"""Refuse a source file over 800 lines, and name those over 450: a file holds one idea."""

import os
import pathlib
import sys

WARN, FAIL = 450, 800
SOURCE = {".h", ".cpp", ".py", ".php", ".js", ".mjs", ".ts", ".tsx", ".sh"}
GENERATED = (".gen.ts",)
SKIPPED = {".git", "build", "var", "node_modules", "__pycache__"}

root = pathlib.Path(__file__).resolve().parent.parent


def source_files():
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(set(folders) - SKIPPED)
        for name in sorted(names):
            path = pathlib.Path(folder, name)
            if path.suffix in SOURCE and not name.endswith(GENERATED):
                yield path.relative_to(root), path


def main():
    count, total, failed = 0, 0, False
    for name, path in source_files():
        lines = path.read_bytes().count(b"\n")
        count, total = count + 1, total + lines
        if lines > WARN:
            print(f"{name}: {lines} lines, {'refused' if lines > FAIL else 'split it'}")
        failed = failed or lines > FAIL
    print(f"sizes: {count} files, {total} lines")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
