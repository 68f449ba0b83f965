#!/usr/bin/env python3
"""Runs a network of Z-Image-Turbo's shape with random weights: under the plan chosen by itself, and under caps.

    real_size.py --program build/release/bin/headroom --folder DIR [--formats bf16,int8,q8_0,q4_k]
                 [--sizes 512x512,1024x1024] [--steps 2] [--caps none,2G,4G,6G] [--rates PYTHON] [--minutes N]

The weights, 20 GB in bfloat16, are made in DIR when they are not there, the other formats from them by headroom quantize.
Each run has a state folder of its own, so that seconds are predicted from what was measured of the device alone. The
table has both memories and the seconds of every stage, predicted and actual, and what came from the disk; a run of each
format that does not count comes first and fills the page cache. With --rates, a Python that has torch, the machine's own
rate of products is measured before each run, in float32 and in eight bits by FBGEMM, and the table says what share of it a
step reaches. Runs that real_size.json in --out has of the same program are not made again, so what was stopped, or ended
after --minutes, goes on. The machine should have nothing else to do meanwhile. Standard library only. Writes
real_size.json and real_size.md.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import processes
import report

ROOT = Path(__file__).resolve().parents[1]
STAGES = ("load", "encode", "denoise", "decode")
PROMPT = "a red fox in the snow, early light"

# Z-Image-Turbo's transformer: 30 layers and two refiners of the picture's tokens, two of the prompt's.
WIDTH, INNER, LAYERS, REFINERS = 3840, 10240, 30, 2
PROMPT_TOKENS = 32  # the prompt above, filled up to a multiple of 32

# Products of the shapes of a layer's matrices, by the libraries that libtorch calls for them itself.
RATES = """
import json, time, torch
torch.backends.quantized.engine = 'fbgemm'
rows, inputs, outputs = 1056, 3840, 10240
with torch.inference_mode():
    weights, x = torch.randn(outputs, inputs), torch.randn(rows, inputs)
    codes = torch.quantize_per_channel(weights, torch.full((outputs,), 0.03), torch.zeros(outputs), 0, torch.qint8)
    packed = torch.ops.quantized.linear_prepack(codes, None)
    bytes_in = torch.quantize_per_tensor(x, 0.05, 128, torch.quint8)
    rates = {}
    for name, product in (('float32', lambda: x @ weights.T),
                          ('int8', lambda: torch.ops.quantized.linear(bytes_in, packed, 0.1, 0))):
        product()
        seconds = []
        for _ in range(7):
            start = time.perf_counter()
            product()
            seconds.append(time.perf_counter() - start)
        rates[name] = 2 * rows * inputs * outputs / sorted(seconds)[3]
print(json.dumps(rates))
"""


def step_operations(size, layers):
    """Multiplications and additions of one step without guidance: matrices and attention."""
    width, height = (int(side) for side in size.split("x"))
    picture = -(-(width // 16) * (height // 16) // 32) * 32
    matrices = 4 * WIDTH * WIDTH + 3 * WIDTH * INNER

    def block(tokens):
        return 2 * matrices * tokens + 4 * tokens * tokens * WIDTH

    return layers * block(picture + PROMPT_TOKENS) + REFINERS * (block(picture) + block(PROMPT_TOKENS))


def make_weights(folder, layers):
    if (folder / "vae/diffusion_pytorch_model.safetensors").exists():  # made last
        return
    maker = ROOT / "tools" / "real-size" / "make_model.py"
    shape = [] if layers == LAYERS else ["--layers", str(layers), "--encoder-layers", str(max(2, layers))]
    subprocess.run([sys.executable, maker, folder, "--transformer", "BF16", "--weights", "random", *shape], check=True)


def quantised(args, network, name, made):
    """The file of one network in a number format, written when it is not there; how long that took goes into made."""
    file = args.folder / "quantised" / f"{network}-{name}.{'safetensors' if name == 'int8' else 'gguf'}"
    if not file.exists():
        file.parent.mkdir(exist_ok=True)
        command = [args.program, "quantize", "--model", args.folder, "--network", network, "--to", name, "--output", file]
        with tempfile.TemporaryDirectory() as state:
            done = processes.run(command, processes.private_environment(state))
        made.append({"format": name, "network": network, "seconds": done.seconds, "bytes": file.stat().st_size,
                     "peak_rss_bytes": done.peak_rss_bytes})
    return file


def model_options(args, name, made):
    if name == "bf16":
        return ["--model", args.folder]
    options = ["--model", quantised(args, "transformer", name, made),
               "--text-encoder", quantised(args, "text-encoder", name, made),
               "--vae", args.folder / "vae", "--tokenizer", args.folder / "tokenizer"]
    return options + ["--dtype", "int8"] if name == "int8" else options


def run(args, options, size, cap):
    with tempfile.TemporaryDirectory() as folder:
        command = [args.program, "generate", *options, "--device", args.device, "--size", size, "--steps", args.steps,
                   "--seed", 1, "--prompt", PROMPT, "--json", "--output", f"{folder}/a.png"]
        if cap != "none":
            command += ["--vram-cap", cap]
        try:
            done = processes.run(command, processes.private_environment(folder))
        except RuntimeError as error:  # a size that a cap refuses is a result
            return {"refused": str(error).rpartition("headroom: ")[2]}
    picture = processes.last_json(done.output)
    return {"seconds": done.seconds, "peak_rss_bytes": done.peak_rss_bytes, "read_bytes": done.read_bytes,
            "picture": picture}


def product_rates(python):
    if not python:
        return {}
    return json.loads(subprocess.run([python, "-c", RATES], check=True, capture_output=True, text=True).stdout)


def stage_seconds(entry):
    """Predicted and actual, of each stage."""
    predicted = {s["name"]: s["seconds"] for s in entry["picture"]["plan"]["stages"]}
    actual = entry["picture"]["seconds"]
    return {s: (predicted[s], actual[s]) for s in STAGES}


def share_of_rate(entry, results):
    rate = entry.get("rates", {}).get("int8" if entry["format"] == "int8" else "float32")
    if not rate:
        return ""
    seconds = entry["picture"]["seconds"]["denoise"] / results["steps"]
    return f"{100 * step_operations(entry['size'], results['layers']) / seconds / rate:.0f} %"


def row_of(entry, results):
    start = [f"{entry['format']}, {entry['size'].replace('x', '×')}, {entry['cap']}"]
    if "refused" in entry:
        return [*start, f"refused: {entry['refused']}", *[""] * 9]
    picture, plan = entry["picture"], entry["picture"]["plan"]
    seconds = [f"{p:.1f} / {a:.1f}" for p, a in stage_seconds(entry).values()]
    return [*start, " ".join(plan["rungs"]) or "everything resident",
            f"{report.mb(picture['predicted_peak_bytes'])} / {report.mb(picture['actual_peak_bytes'])}",
            f"{report.mb(plan['page_cache_bytes'])}", report.mb(entry["peak_rss_bytes"]), *seconds,
            share_of_rate(entry, results), f"{entry['seconds']:.0f}", f"{entry['read_bytes'] / 2**30:.1f} GB"]


def beside_the_best(results):
    """Whole seconds of the plan chosen by itself beside the best cap's; the promise is 5 % more at most."""
    lines = []
    groups = {}
    for entry in results["runs"]:
        if "picture" in entry:
            seconds = sum(entry["picture"]["seconds"].values())
            groups.setdefault((entry["format"], entry["size"]), {})[entry["cap"]] = seconds
    for (name, size), seconds in groups.items():
        if len(seconds) < 2 or "none" not in seconds:
            continue
        best = min((cap for cap in seconds if cap != "none"), key=seconds.get)
        lines.append(f"{name}, {size}: the plan chosen by itself took {seconds['none']:.0f} s, that under the best cap, {best}, "
                     f"{seconds[best]:.0f} s: {100 * (seconds['none'] / seconds[best] - 1):+.1f} %.\n\n")
    return "".join(lines)


def quantising(results):
    return "".join(f"`headroom quantize --to {m['format']} --network {m['network']}`: {m['seconds']:.0f} s, peak RSS "
                   f"{report.mb(m['peak_rss_bytes'])}, a file of {m['bytes'] / 2**30:.1f} GB.\n\n" for m in results["quantised"])


def as_markdown(results):
    machine = results["machine"]
    head = ["weights, size, cap", "plan", "peak, predicted / actual", "weights in the page cache", "peak RSS",
            *(f"{s}, s" for s in STAGES), "share of the product rate", "whole, s", "from the disk"]
    loads = [entry["load_before"] for entry in results["runs"]] or [0]
    return (
        f"{report.table(head, [row_of(e, results) for e in results['runs']])}\n\n{beside_the_best(results)}"
        f"{quantising(results)}"
        f"{results['steps']} steps, random weights; seconds are predicted / actual. {machine['cpu']}, {machine['cores']} cores, "
        f"one thread each, {machine['memory_bytes'] / 2**30:.0f} GB, load average before a run {min(loads):.1f} to "
        f"{max(loads):.1f} (a run itself is {machine['cores']}), {results['program']}.\n"
    )


def load_results(args):
    version = subprocess.run([args.program, "--version"], check=True, capture_output=True, text=True).stdout.strip()
    commit = subprocess.run(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    fresh = {"machine": processes.machine(), "program": f"{version} ({commit})", "steps": args.steps,
             "layers": args.layers, "quantised": [], "runs": []}
    file = args.out / "real_size.json"
    if not file.exists():
        return fresh
    old = json.loads(file.read_text(encoding="utf-8"))
    same = all(old.get(key) == fresh[key] for key in ("program", "steps", "layers")) and old["machine"]["cpu"] == fresh["machine"]["cpu"]
    return old if same else fresh


def write_results(args, results):
    (args.out / "real_size.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    (args.out / "real_size.md").write_text(as_markdown(results), encoding="utf-8")


def wanted_runs(args, results):
    done = {(entry["format"], entry["size"], entry["cap"]) for entry in results["runs"]}
    return [(name, size, cap) for name in args.formats.split(",") for size in args.sizes.split(",")
            for cap in args.caps.split(",") if (name, size, cap) not in done]


def main(args):
    end = time.monotonic() + 60 * args.minutes
    args.out.mkdir(parents=True, exist_ok=True)
    make_weights(args.folder, args.layers)
    results = load_results(args)
    warm = None
    for name, size, cap in wanted_runs(args, results):
        if time.monotonic() > end:
            print("the time is up; the same command goes on", flush=True)
            break
        options = model_options(args, name, results["quantised"])
        if args.warm_up and warm != name:
            print(f"{name}, to fill the page cache", flush=True)
            run(args, options, "256x256", cap)
            warm = name
        print(f"{name}, {size}, cap {cap}", flush=True)
        before = {"format": name, "size": size, "cap": cap, "load_before": os.getloadavg()[0],
                  "rates": product_rates(args.rates)}
        results["runs"].append(before | run(args, options, size, cap))
        write_results(args, results)
    print(as_markdown(results))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--formats", default="bf16")
    parser.add_argument("--sizes", default="512x512")
    parser.add_argument("--steps", type=int, default=2)
    parser.add_argument("--caps", default="none,5G,10G")
    parser.add_argument("--rates", type=Path)
    parser.add_argument("--minutes", type=float, default=24 * 60)
    parser.add_argument("--layers", type=int, default=LAYERS, help="fewer layers, to try the script")
    parser.add_argument("--no-warm-up", dest="warm_up", action="store_false")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bench")
    main(parser.parse_args())
