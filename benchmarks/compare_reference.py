#!/usr/bin/env python3
"""Measures headroom on the starter model, and beside it the reference implementation where there is one.

    compare_reference.py --program build/release/bin/headroom [--reference-python PYTHON] [--runs 5] [--readme README.md]

For each size preset: seconds by stage, predicted and actual peak of tracked memory, peak resident memory, seconds
from process start to the saved picture; and seconds from the start to the first frame of the window. With a Python
that has diffusers, each run of headroom is paired with one of the reference (same model folder, torch threads,
float32), in turn first and second; ratios are medians over the pairs. Writes results.json and results.md.
scripts/bench.sh builds the program and calls this. Needs only the standard library (and Xvfb for the window).
"""

import argparse
import datetime
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

import processes
import report

ROOT = Path(__file__).resolve().parents[1]
SIZES = {"512": (512, 512), "768": (768, 768), "1024": (1024, 1024), "16:9": (1024, 576), "9:16": (576, 1024)}
PROMPT = "a cute orange cat on a light blue background"
SEED = 1
STAGES = ("load", "encode", "denoise", "decode", "save")


def headroom_run(args, preset, folder, settings):
    """One picture of headroom."""
    command = [
        args.program,
        "generate",
        "--model",
        args.model,
        "--device",
        "cpu",
        "--dtype",
        "fp32",
        "--threads",
        args.threads,
        "--prompt",
        PROMPT,
        "--preset",
        preset,
        "--seed",
        SEED,
        "--steps",
        settings["steps"],
        "--guidance",
        settings["guidance"],
        "--output",
        folder / "headroom.png",
        "--json",
    ]
    done = processes.run(command, processes.private_environment(folder))
    (folder / "headroom.png").unlink()
    answer = processes.last_json(done.output)
    return {
        "seconds": answer["seconds"],
        "step_seconds": answer["seconds"]["denoise"] / settings["steps"],
        "run_seconds": done.seconds,
        "peak_rss_bytes": done.peak_rss_bytes,
        "predicted_peak_bytes": answer["predicted_peak_bytes"],
        "actual_peak_bytes": answer["actual_peak_bytes"],
    }


def reference_run(args, preset, folder, settings):
    """The same picture of the reference."""
    width, height = SIZES[preset]
    done = processes.run(
        [
            args.reference_python,
            ROOT / "benchmarks" / "reference_picture.py",
            args.model,
            PROMPT,
            width,
            height,
            settings["steps"],
            settings["guidance"],
            SEED,
            args.threads,
            folder / "reference.png",
        ],
        processes.private_environment(folder),
    )
    seconds = processes.last_json(done.output)
    return {
        "seconds": seconds,
        "step_seconds": seconds["denoise"] / settings["steps"],
        "run_seconds": done.seconds,
        "peak_rss_bytes": done.peak_rss_bytes,
    }


def middle(runs):
    """The median of every figure."""
    out = {key: median(run[key] for run in runs) for key in runs[0] if key != "seconds"}
    out["seconds"] = {stage: median(run["seconds"][stage] for run in runs) for stage in STAGES}
    return out


def measure_preset(args, preset, folder, settings):
    """All runs of one size, after one of each that only fills the disk cache."""
    sides = {"headroom": headroom_run}
    if args.reference_python:
        sides["reference"] = reference_run
    runs = {side: [] for side in sides}
    for run in sides.values():
        run(args, preset, folder, settings)
    for i in range(args.runs):
        for side in sorted(sides, reverse=i % 2 == 1):
            runs[side].append(sides[side](args, preset, folder, settings))
    result = {"width": SIZES[preset][0], "height": SIZES[preset][1], "runs": args.runs, **settings}
    result.update({side: middle(values) for side, values in runs.items()})
    if args.reference_python:
        result["ratios"] = {
            key: median(ours[key] / theirs[key] for ours, theirs in zip(runs["headroom"], runs["reference"]))
            for key in ("step_seconds", "run_seconds", "peak_rss_bytes")
        }
    return result


def measure_window(args, folder):
    """Seconds to the first frame, or None where there is no Xvfb."""
    if not shutil.which("Xvfb"):
        print("no Xvfb: the window is not measured", file=sys.stderr)
        return None
    with processes.Screen(1280, 800) as display:
        times = [processes.first_frame_seconds(args.program, display, folder) for _ in range(args.runs + 1)]
    return median(times[1:])


def find_versions(args):
    """Of everything that takes part."""
    versions = {"headroom": processes.run([args.program, "--version"]).output.strip().removeprefix("headroom ")}
    if args.reference_python:
        versions.update(
            processes.last_json(
                processes.run(
                    [args.reference_python, ROOT / "benchmarks" / "reference_picture.py", "--versions"]
                ).output
            )
        )
    if args.torch_version:
        versions["torch"] = args.torch_version
    commit = subprocess.run(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    if commit.returncode == 0:
        versions["commit"] = commit.stdout.strip()
    return versions


def main(args):
    defaults = json.loads((args.model / "generation_defaults.json").read_text())
    settings = {"steps": args.steps or defaults["num_inference_steps"], "guidance": defaults["guidance_scale"]}
    results = {
        "date": datetime.date.today().isoformat(),
        "machine": processes.machine(),
        "threads": args.threads,
        "versions": find_versions(args),
        "presets": {},
    }
    if results["machine"]["load_before"] > 0.5:
        print(
            f"warning: the machine is busy (load {results['machine']['load_before']:.1f}); "
            "the times will be too long",
            file=sys.stderr,
        )
    with tempfile.TemporaryDirectory() as folder:
        for preset in args.presets.split(","):
            print(f"{preset}: {args.runs} runs", file=sys.stderr, flush=True)
            results["presets"][preset] = measure_preset(args, preset, Path(folder), settings)
        results["first_frame_seconds"] = measure_window(args, Path(folder))
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "results.json").write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    (args.out / "results.md").write_text(report.as_markdown(results), encoding="utf-8")
    print(report.as_markdown(results))
    print(f"written: {args.out}/results.json, {args.out}/results.md", file=sys.stderr)
    if args.readme:
        report.rewrite(args.readme, results)
        print(f"rewritten: the tables of {args.readme}", file=sys.stderr)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--model", type=Path, default=ROOT / "assets" / "starter-model")
    parser.add_argument("--reference-python", help="interpreter that has torch, diffusers and transformers")
    parser.add_argument("--torch-version", help="of the program's libtorch, for the report")
    parser.add_argument("--runs", type=int, default=5, help="runs, or pairs of runs, that count (default 5)")
    parser.add_argument("--steps", type=int, help="default: the model's")
    parser.add_argument("--threads", type=int, default=processes.physical_cores(), help="default: one per core")
    parser.add_argument("--presets", default=",".join(SIZES), help="comma-separated")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bench")
    parser.add_argument("--readme", type=Path, help="rewrite the tables between its markers")
    main(parser.parse_args())
