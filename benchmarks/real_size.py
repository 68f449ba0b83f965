#!/usr/bin/env python3
"""Runs a network of Z-Image-Turbo's shape with random weights: under the plan chosen by itself, and under caps.

    real_size.py --program build/release/bin/headroom --folder DIR [--size 512x512] [--steps 2] [--caps none,5G,10G]

The weights, 20 GB in bfloat16, are made in DIR when they are not there. Each run has a state folder of its own, so that
seconds are predicted from what was measured of the device alone. The table has both memories and the seconds of every
stage, predicted and actual, and what came from the disk; a run that does not count comes first and fills the page cache.
The machine should have nothing else to do meanwhile. Standard library only. Writes real_size.json and real_size.md.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import processes
import report

ROOT = Path(__file__).resolve().parents[1]
STAGES = ("load", "encode", "denoise", "decode")
PROMPT = "a red fox in the snow, early light"


def make_weights(folder):
    if (folder / "vae/diffusion_pytorch_model.safetensors").exists():  # made last
        return
    maker = ROOT / "tools" / "real-size" / "make_model.py"
    subprocess.run([sys.executable, maker, folder, "--transformer", "BF16", "--weights", "random"], check=True)


def run(args, cap):
    with tempfile.TemporaryDirectory() as folder:
        command = [args.program, "generate", "--model", args.folder, "--device", args.device, "--size", args.size,
                   "--steps", args.steps, "--seed", 1, "--prompt", PROMPT, "--json", "--output", f"{folder}/a.png"]
        if cap != "none":
            command += ["--vram-cap", cap]
        done = processes.run(command, processes.private_environment(folder))
    picture = processes.last_json(done.output)
    return {"cap": cap, "seconds": done.seconds, "peak_rss_bytes": done.peak_rss_bytes, "read_bytes": done.read_bytes,
            "picture": picture}


def stage_seconds(entry):
    """Predicted and actual, of each stage."""
    predicted = {s["name"]: s["seconds"] for s in entry["picture"]["plan"]["stages"]}
    actual = entry["picture"]["seconds"]
    return {s: (predicted[s], actual[s]) for s in STAGES}


def row_of(entry):
    picture, plan = entry["picture"], entry["picture"]["plan"]
    seconds = [f"{p:.0f} / {a:.0f}" for p, a in stage_seconds(entry).values()]
    return [entry["cap"], " ".join(plan["rungs"]) or "everything resident",
            f"{report.mb(picture['predicted_peak_bytes'])} / {report.mb(picture['actual_peak_bytes'])}",
            f"{report.mb(plan['page_cache_bytes'])}", report.mb(entry["peak_rss_bytes"]), *seconds,
            f"{entry['seconds']:.0f}", f"{entry['read_bytes'] / 2**30:.1f} GB"]


def beside_the_best(results):
    """Whole seconds of the plan chosen by itself beside the best cap's; the promise is 5 % more at most."""
    seconds = {e["cap"]: sum(e["picture"]["seconds"].values()) for e in results["runs"]}
    if len(seconds) < 2 or "none" not in seconds:
        return ""
    best = min((cap for cap in seconds if cap != "none"), key=seconds.get)
    more = seconds["none"] / seconds[best] - 1
    return (
        f"The plan chosen by itself took {seconds['none']:.0f} s, that under the best cap, {best}, {seconds[best]:.0f} s: "
        f"{100 * more:+.1f} %.\n\n"
    )


def as_markdown(results):
    machine = results["machine"]
    head = ["cap", "plan", "peak, predicted / actual", "weights in the page cache", "peak RSS",
            *(f"{s}, s" for s in STAGES), "whole, s", "from the disk"]
    return (
        f"{report.table(head, [row_of(e) for e in results['runs']])}\n\n{beside_the_best(results)}"
        f"{results['size']}, {results['steps']} steps, random bfloat16 weights. {machine['cpu']}, {machine['cores']} cores, "
        f"one thread each, {machine['memory_bytes'] / 2**30:.0f} GB, load average {machine['load_before']:.1f} before and "
        f"{results['load_after']:.1f} after.\n"
    )


def main(args):
    make_weights(args.folder)
    results = {"machine": processes.machine(), "size": args.size, "steps": args.steps, "runs": []}
    args.out.mkdir(parents=True, exist_ok=True)
    caps = args.caps.split(",")
    for cap in [caps[0], *caps] if args.warm_up else caps:
        print(f"cap {cap}", flush=True)
        results["runs"].append(run(args, cap))
    if args.warm_up:
        del results["runs"][0]
    results["load_after"] = os.getloadavg()[0]
    (args.out / "real_size.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    (args.out / "real_size.md").write_text(as_markdown(results), encoding="utf-8")
    print(as_markdown(results))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--size", default="512x512")
    parser.add_argument("--steps", type=int, default=2)
    parser.add_argument("--caps", default="none,5G,10G")
    parser.add_argument("--no-warm-up", dest="warm_up", action="store_false")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bench")
    main(parser.parse_args())
