#!/usr/bin/env python3
"""Measures how well seconds are predicted after one run: the promise is a median error of at most 15 %; and before any,
from what was measured of the device at its first use: 25 % over 20 random requests.

    predicted_seconds.py --program build/release/bin/headroom [--learn 512,1024] [--rounds 5] [--attempts 1]
    predicted_seconds.py --program build/release/bin/headroom --learn none --random 20 --rounds 1

A round: in a fresh state folder one picture is made at a preset; `headroom plan` then predicts every case (sizes, steps,
guided or not), and each case is made once, in a folder of its own so that nothing more is learnt. Errors are predicted /
actual - 1 of the whole run, all stages; the table shows medians over the rounds, the last line the median of all errors
without their signs. A machine that is busy with other things changes its speed from one run to the next, and no model
predicts that: the load is printed, and with --attempts N each run, that which is learnt from too, is made N times and the
fastest counts. Standard library only. Writes seconds.json and seconds.md.
"""

import argparse
import json
import os
import random
import tempfile
from pathlib import Path
from statistics import median

import processes
import report

ROOT = Path(__file__).resolve().parents[1]
PROMPT = "a cute orange cat on a light blue background"
# width, height, steps, guidance
CASES = [
    (512, 512, 16, 2),
    (512, 512, 8, 0),
    (768, 768, 16, 2),
    (768, 768, 24, 0),
    (1024, 1024, 16, 2),
    (1024, 1024, 8, 2),
    (1024, 1024, 16, 0),
    (1024, 576, 16, 2),
    (576, 1024, 16, 2),
    (256, 256, 16, 2),
    (1280, 1024, 16, 0),
]
STAGES = ("load", "encode", "denoise", "decode", "save")
LEARN_NOTHING = "none"
PRESETS = {"512": (512, 512), "768": (768, 768), "1024": (1024, 1024), "16:9": (1024, 576), "9:16": (576, 1024)}


def options(args, case):
    width, height, steps, guidance = case
    return ["--model", args.model, "--device", "cpu", "--dtype", "fp32", "--threads", args.threads, "--prompt", PROMPT,
            "--size", f"{width}x{height}", "--steps", steps, "--guidance", guidance, "--json"]


def make(args, case, folder):
    """Makes a picture with the state of folder; its seconds by stage."""
    picture = folder / "picture.png"
    done = processes.run(
        [args.program, "generate", *options(args, case), "--seed", 1, "--output", picture],
        processes.private_environment(folder),
    )
    picture.unlink()
    return processes.last_json(done.output)["seconds"]


def predict(args, case, folder):
    """Seconds by stage, as predicted with the state of folder."""
    done = processes.run([args.program, "plan", *options(args, case)], processes.private_environment(folder))
    return {stage["name"]: stage["seconds"] for stage in processes.last_json(done.output)["plan"]["stages"]}


def random_cases(count, seed, most_pixels, most_steps):
    """Requests of any size in steps of 64 pixels from 256 up to most_pixels a side, of 1 to most_steps, half of them
    guided."""
    draw = random.Random(seed)
    side = lambda: 64 * draw.randint(4, most_pixels // 64)
    return [(side(), side(), draw.randint(1, most_steps), draw.choice([0, 2])) for _ in range(count)]


def fastest(args, case):
    """The fastest of several attempts, each in a state folder of its own: that folder, and its seconds by stage."""
    best = None
    for _ in range(args.attempts):
        folder = tempfile.TemporaryDirectory()
        seconds = make(args, case, Path(folder.name))
        if best is None or sum(seconds.values()) < sum(best[1].values()):
            best = (folder, seconds)
    return best


def round_of(args, preset):
    """One run that is learnt from, then a prediction and a measurement of each other case."""
    pairs = []
    if preset == LEARN_NOTHING:
        learnt, cases = tempfile.TemporaryDirectory(), list(args.cases)
    else:
        learnt, _ = fastest(args, (*PRESETS[preset], args.steps, args.guidance))
        cases = [c for c in args.cases if c[:2] != PRESETS[preset]]
    random.shuffle(cases)
    for case in cases:
        pairs.append((case, predict(args, case, Path(learnt.name)), fastest(args, case)[1]))
    return pairs


def error(predicted, actual):
    return predicted / actual - 1


def rows_of(results):
    """One row a case: medians over its rounds."""
    rows = []
    for preset, pairs in results["pairs"].items():
        for case in sorted({tuple(c) for c, _, _ in pairs}):
            mine = [(p, a) for c, p, a in pairs if tuple(c) == case]
            predicted = median(sum(p.values()) for p, _ in mine)
            actual = median(sum(a.values()) for _, a in mine)
            middle = median(error(sum(p.values()), sum(a.values())) for p, a in mine)
            width, height, steps, guidance = case
            rows.append([preset, f"{width}×{height}", str(steps), "yes" if guidance else "no", f"{predicted:.2f} s",
                         f"{actual:.2f} s", f"{100 * middle:+.0f} %"])
    return rows


def summary(results):
    """Median errors without signs: of whole runs, of the median of each case, and of each stage."""
    pairs = [pair for preset in results["pairs"].values() for pair in preset]
    total = median(abs(error(sum(p.values()), sum(a.values()))) for _, p, a in pairs)
    cases = {}
    for preset, mine in results["pairs"].items():
        for case, p, a in mine:
            cases.setdefault((preset, tuple(case)), []).append((sum(p.values()), sum(a.values())))
    by_case = median(
        abs(error(median(p for p, _ in runs), median(a for _, a in runs))) for runs in cases.values()
    )
    stages = {s: median(abs(error(p[s], a[s])) for _, p, a in pairs) for s in STAGES}
    return {"run": total, "case": by_case, "stages": stages}


def as_markdown(results):
    found = results["summary"]
    machine = results["machine"]
    stages = ", ".join(f"{name} {100 * value:.0f} %" for name, value in found["stages"].items())
    head = ["learnt from one run at", "size", "steps", "guided", "predicted", "actual", "error"]
    return (
        f"{report.table(head, rows_of(results))}\n\n"
        f"Median error {100 * found['run']:.0f} % over {sum(map(len, results['pairs'].values()))} runs "
        f"({100 * found['case']:.0f} % of each case's median over {results['rounds']} rounds, each run the fastest of "
        f"{results['attempts']}; by stage: {stages}). "
        f"{machine['cpu']}, {machine['cores']} cores, {results['threads']} threads, load average {machine['load_before']:.1f} before "
        f"and {results['load_after']:.1f} after.\n"
    )


def main(args):
    results = {"machine": processes.machine(), "rounds": args.rounds, "attempts": args.attempts,
               "threads": args.threads}
    results["pairs"] = {preset: [] for preset in args.learn.split(",")}
    with tempfile.TemporaryDirectory() as folder:
        make(args, min(args.cases, key=lambda c: c[0] * c[1] * c[2]), Path(folder))  # fills the disk cache
    for i in range(args.rounds):
        for preset, pairs in results["pairs"].items():
            print(f"round {i + 1} of {args.rounds}, learning from {preset}", flush=True)
            pairs.extend(round_of(args, preset))
    results["load_after"] = os.getloadavg()[0]
    results["summary"] = summary(results)
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "seconds.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    (args.out / "seconds.md").write_text(as_markdown(results), encoding="utf-8")
    print(as_markdown(results))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--model", type=Path, default=ROOT / "assets" / "starter-model")
    parser.add_argument("--learn", default="512,1024", help="presets of the one run, comma-separated; none = no run")
    parser.add_argument("--random", type=int, default=0, help="so many random requests instead of the table's")
    parser.add_argument("--most-pixels", type=int, default=1536, help="of a side of a random request")
    parser.add_argument("--most-steps", type=int, default=24, help="of a random request")
    parser.add_argument("--seed", type=int, default=1, help="of the random requests")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--attempts", type=int, default=1, help="of each run; the fastest counts")
    parser.add_argument("--steps", type=int, default=16, help="of the one run")
    parser.add_argument("--guidance", type=float, default=2, help="of the one run")
    parser.add_argument("--threads", type=int, default=processes.physical_cores())
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bench")
    arguments = parser.parse_args()
    arguments.cases = CASES
    if arguments.random:
        arguments.cases = random_cases(
            arguments.random, arguments.seed, arguments.most_pixels, arguments.most_steps
        )
    main(arguments)
