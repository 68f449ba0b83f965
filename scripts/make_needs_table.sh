#!/usr/bin/env bash
# Writes the README's table of what Z-Image-Turbo needs on GPUs of several sizes, and of main memory, between the table's
# markers. Uses only the model's configs and the same planning that runs before every picture.
# HEADROOM_PROGRAM names a program to use instead of the release build.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=scripts/program.sh
. "$root/scripts/program.sh"

need_program
PROGRAM=$program README=$root/README.md python3 - <<'PYTHON'
import json
import os
import re
import subprocess

CARDS = (2, 3, 4, 6, 8, 12, 16, 24)  # GiB
PRESETS = ("512", "768", "1024", "16:9", "9:16")
SHORT = {"evict-encoder": "E", "stream-encoder": "S", "sequential-guidance": "G", "evict-transformer": "T",
         "cpu-decode": "C"}


def cell(preset, gib):
    command = [os.environ["PROGRAM"], "plan", "--model", "z-image-turbo", "--device", "cuda",
               "--pretend-vram", f"{gib}G", "--preset", preset, "--json"]
    plan = json.loads(subprocess.run(command, check=False, capture_output=True, text=True).stdout)
    peak = plan["plan"]["peak_bytes"] / 2**30
    host = (plan["plan"]["host_peak_bytes"] + plan["plan"]["page_cache_bytes"]) / 2**30
    if not plan["fits"]:
        short = plan["shortfall_bytes"]
        return f"no: {short / 2**30:.1f} short" if short >= 2**30 / 10 else f"no: {-(-short // 2**20)} MB short"
    marks = []
    for rung in plan["plan"]["rungs"]:
        name, _, number = rung.partition(":")
        if name == "stream-blocks":
            marks.append(f"B{number}")
        elif name == "tile-decode":
            marks.append("D")
        elif name == "chunk-tokens":
            marks.append("K")
        elif name in SHORT:
            marks.append(SHORT[name])
    return f"{peak:.1f} + {host:.1f} {' '.join(marks)}".strip()


lines = ["| card | " + " | ".join(PRESETS) + " |", "|---|" + "---|" * len(PRESETS)]
for gib in CARDS:
    lines.append(f"| {gib} GB | " + " | ".join(cell(p, gib) for p in PRESETS) + " |")
with open(os.environ["README"], encoding="utf-8") as file:
    readme = file.read()
table = "<!-- table:grid -->\n" + "\n".join(lines) + "\n<!-- /table:grid -->"
readme, count = re.subn(r"<!-- table:grid -->.*?<!-- /table:grid -->", lambda _: table, readme, flags=re.S)
assert count == 1, "the README has no place for the table"
with open(os.environ["README"], "w", encoding="utf-8") as file:
    file.write(readme)
print("\n".join(lines))
PYTHON
