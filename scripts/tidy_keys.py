#!/usr/bin/env python3
"""Prepares clang-tidy over a build folder: each source once, and a key of all that its verdict depends on.

    tidy_keys.py ROOT BUILD NINJA OUT SALT <FILES >KEYS

ROOT is the checkout, BUILD a folder that was built with Ninja, NINJA the program. OUT/compile_commands.json is
written, with one command for each source and without gcc's precompiled headers, which clang cannot read. FILES are
sources, one a line, relative to ROOT; KEYS has a line "KEY FILE" for each, where KEY is a SHA-256 of SALT, the command
and every file that the source includes: of a file of the project its content, of another its path and size. Ends with 1
at a source that is not built.
"""

import hashlib
import json
import pathlib
import re
import subprocess
import sys


def read_dependencies(ninja, build):
    """What each object of the build folder was made from, as `ninja -t deps` says."""
    said = subprocess.run([ninja, "-C", build, "-t", "deps"], check=True, capture_output=True, text=True).stdout
    dependencies = {}
    for block in said.split("\n\n"):
        head, *files = block.strip().split("\n")
        dependencies[head.split(":")[0]] = [file.strip() for file in files]
    return dependencies


def main():
    root, build, ninja, out, salt = sys.argv[1:]
    dependencies = read_dependencies(ninja, build)
    fingerprints = {}

    def fingerprint(file):
        path = (pathlib.Path(build) / file).resolve()
        if file not in fingerprints:
            own = path.is_relative_to(root)
            name = path.relative_to(root) if own else path
            own = own and name.parts[0] not in (".deps", "build")
            content = hashlib.sha256(path.read_bytes()).hexdigest() if own else path.stat().st_size
            fingerprints[file] = f"{name} {content}"
        return fingerprints[file]

    def included(file, seen):
        """`file` and, for a precompiled header, all that it was made from."""
        if file in seen:
            return
        seen.add(file)
        for inner in dependencies.get(file, []):
            included(inner, seen)

    commands, keys = {}, {}
    for entry in json.loads((pathlib.Path(build) / "compile_commands.json").read_text()):
        path = pathlib.Path(entry["file"])
        if not path.is_relative_to(root) or str(path) in commands:
            continue
        made = re.search(r" -o (\S+)", entry["command"]).group(1)
        entry["command"] = re.sub(r" (-Winvalid-pch )?-include \S*cmake_pch\.hxx", "", entry["command"])
        commands[str(path)] = entry
        seen = set()
        for file in dependencies.get(made, []):
            included(file, seen)
        if not seen:
            continue  # not built, so what it includes is not known
        # A precompiled header is known by its parts.
        parts = sorted(fingerprint(file) for file in seen if not file.endswith((".gch", "cmake_pch.hxx", "cmake_pch.hxx.cxx")))
        text = "\n".join([salt, entry["command"].replace(root, "."), *parts])
        keys[str(path.relative_to(root))] = hashlib.sha256(text.encode()).hexdigest()

    (pathlib.Path(out) / "compile_commands.json").write_text(json.dumps(list(commands.values())))
    for file in sys.stdin.read().splitlines():
        if file not in keys:
            sys.exit(f"error: {file} is not built, so what it includes is not known; build the preset dev first")
        print(keys[file], file)


if __name__ == "__main__":
    main()
