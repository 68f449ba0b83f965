#!/usr/bin/env python3
"""Runs the text-to-image fixtures through `headroom generate` on any device, and compares the latents of each step.

    check_pipeline.py --program build/release/bin/headroom [--device cpu|cuda|cuda:N] [--slack 20] [--jobs 8] [FIXTURES ...]

The recorded tolerances are for float32 on the CPU; --slack widens them for a device that sums in another order.
Exits with 1 when a case is outside. Needs only the standard library.
"""

import argparse
import array
import json
import math
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from fixtures import ROOT, unpacked


def read_tensor(file, name):
    """float32 values of one tensor of a safetensors file."""
    with open(file, "rb") as f:
        head_bytes = int.from_bytes(f.read(8), "little")
        entry = json.loads(f.read(head_bytes))[name]
        begin, end = entry["data_offsets"]
        f.seek(8 + head_bytes + begin)
        values = array.array("f")
        values.frombytes(f.read(end - begin))
    return values


def largest_difference(a, b):
    worst = max((abs(x - y) for x, y in zip(a, b)), default=0.0)
    return math.inf if len(a) != len(b) or math.isnan(sum(a)) else worst


def text_to_image_cases(fixtures):
    """Those cases that one call of the command line can repeat."""
    for case in json.loads((fixtures / "expected" / "pipeline.json").read_text(encoding="utf-8"))["cases"]:
        if isinstance(case["params"]["prompt"], str) and "strength" not in case["params"]:
            yield case


def run_case(args, fixtures, case, folder):
    """Largest difference of any step's latents from the reference's."""
    params, dump = case["params"], folder / "dump.safetensors"
    command = [
        args.program,
        "generate",
        "--model",
        fixtures / "model",
        "--device",
        args.device,
        "--dtype",
        "fp32",
        "--prompt",
        params["prompt"],
        "--size",
        f"{params['width']}x{params['height']}",
        "--steps",
        params["steps"],
        "--guidance",
        params["guidance"],
        "--seed",
        params["seed"],
        "--output",
        folder / "picture.png",
        "--dump",
        dump,
    ]
    if "negative" in params:
        command += ["--negative", params["negative"]]
    if "cfg_normalization" in params:
        command += ["--cfg-normalization", float(params["cfg_normalization"])]
    if "cfg_truncation" in params:
        command += ["--cfg-truncation", params["cfg_truncation"]]
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL)
    (folder / "picture.png").unlink()
    wanted = read_tensor(fixtures / "expected" / "pipeline.safetensors", case["outputs"]["steps"]["tensor"])
    found = array.array("f")
    for step in range(1, params["steps"] + 1):
        found.extend(read_tensor(dump, f"latents.{step}"))
    return largest_difference(found, wanted)


def check_case(args, fixtures, case):
    """Whether the case is within what is allowed, and the line that says so."""
    allowed = args.slack * case["outputs"]["steps"]["atol"]
    with tempfile.TemporaryDirectory() as folder:
        difference = run_case(args, fixtures, case, Path(folder))
    ok = difference <= allowed
    return ok, f"{'ok  ' if ok else 'FAIL'} {fixtures.name}/{case['name']:24} {difference:.2e} of {allowed:.2e}"


def main(args):
    cases = [(args, fixtures, case) for fixtures in args.fixtures for case in text_to_image_cases(fixtures)]
    failures = 0
    with ThreadPoolExecutor(args.jobs) as pool:
        for ok, line in pool.map(check_case, *zip(*cases)):
            failures += not ok
            print(line, flush=True)
    print(f"{failures} outside" if failures else "all within")
    return 1 if failures else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=Path, default=ROOT / "build" / "release" / "bin" / "headroom")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--slack", type=float, default=1.0, help="factor on the recorded tolerances")
    parser.add_argument("--jobs", type=int, default=1, help="how many cases at a time")
    parser.add_argument("fixtures", type=Path, nargs="*", help="default: those of tests/data")
    arguments = parser.parse_args()
    if not arguments.fixtures:
        arguments.fixtures = [unpacked() / name for name in ("tiny", "f32")]
    sys.exit(main(arguments))
