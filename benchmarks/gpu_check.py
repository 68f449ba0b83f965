#!/usr/bin/env python3
"""Draws the five size presets on a card and on the CPU, and prints what they took and how far they differ.

    gpu_check.py --program FILE [--device cuda:0]

On the card twice: in float32, where the picture must be nearly the CPU's, and as the program would choose by
itself (bf16). scripts/gpu_check.sh calls this. Needs the standard library, and ImageMagick for the differences.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import processes

PRESETS = ("512", "768", "1024", "16:9", "9:16")
PROMPT = "a cute orange cat on a light blue background"


def draw(args, preset, device, dtype, file, folder):
    """What `generate --json` says; raises RuntimeError with the program's sentence when it fails."""
    done = processes.run(
        [
            args.program,
            "generate",
            "--device",
            device,
            "--dtype",
            dtype,
            "--prompt",
            PROMPT,
            "--preset",
            preset,
            "--seed",
            "1",
            "--output",
            file,
            "--json",
        ],
        processes.private_environment(folder),
    )
    return processes.last_json(done.output)


def difference(a, b):
    """Mean absolute difference of two pictures, in levels of 255."""
    if not shutil.which("compare"):
        return None
    told = subprocess.run(["compare", "-metric", "MAE", a, b, "null:"], capture_output=True, text=True)
    share = re.search(r"\(([0-9.e+-]+)\)", told.stderr)
    return 255 * float(share[1]) if share else None


def cards(args):
    """Names of the cards that the program sees."""
    report = json.loads(processes.run([args.program, "devices", "--json"]).output)
    return {device["id"]: device["name"] for device in report["devices"] if device["id"] != "cpu"}


def main(args):
    found = cards(args)
    if not found:
        print("There is no CUDA card that the program can use; `headroom devices` says why. Nothing was checked.")
        return 1
    if args.device not in found:
        print(f"There is no {args.device}; the program sees {', '.join(found)}.")
        return 1
    print(f"{args.device}: {found[args.device]}\n")
    print(
        f"{'preset':7} {'type':5} {'load':>6} {'encode':>6} {'denoise':>7} {'decode':>6} {'predicted':>10} {'actual':>10} "
        f"{'error':>7} {'off CPU':>8}"
    )
    failures = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for preset in PRESETS:
            draw(args, preset, "cpu", "fp32", folder / "cpu.png", folder)
            for dtype in ("fp32", "auto"):
                picture = folder / "card.png"
                try:
                    answer = draw(args, preset, args.device, dtype, picture, folder)
                except RuntimeError as error:
                    failures += 1
                    print(f"{preset:7} {dtype:5} FAILED: {error}")
                    continue
                seconds, actual = answer["seconds"], answer["actual_peak_bytes"]
                predicted = answer["predicted_peak_bytes"]
                off = difference(folder / "cpu.png", picture)
                picture.unlink()
                bad = dtype == "fp32" and off is not None and off > 1
                failures += bad
                print(
                    f"{preset:7} {dtype:5} {seconds['load']:6.2f} {seconds['encode']:6.2f} {seconds['denoise']:7.2f} "
                    f"{seconds['decode']:6.2f} {predicted / 2**20:7.0f} MB {actual / 2**20:7.0f} MB "
                    f"{100 * (predicted / actual - 1):+6.1f}% {'      -' if off is None else f'{off:7.2f}'}"
                    f"{'  TOO FAR' if bad else ''}",
                    flush=True,
                )
            (folder / "cpu.png").unlink()
    print("\noff CPU: mean difference from the CPU's float32 picture, in levels of 255.")
    return 1 if failures else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--device", default="cuda:0")
    sys.exit(main(parser.parse_args()))
