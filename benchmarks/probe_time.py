#!/usr/bin/env python3
"""Times what a device's first use costs: it is measured once, so that seconds are known before the first picture. The
promise is at most 0.5 s on a card and 1 s on the processor.

    probe_time.py --program build/release/bin/headroom [--device cpu] [--rounds 9]

`headroom plan` by turns with the device's rates forgotten and kept, all else alike; the difference of each pair is the
measuring, with what the kept file costs to read and write. The machine should have nothing else to do meanwhile.
Standard library only. Writes probe.json and probe.md.
"""

import argparse
import json
import os
import tempfile
from pathlib import Path
from statistics import median

import processes

ROOT = Path(__file__).resolve().parents[1]


def main(args):
    results = {"machine": processes.machine(), "device": args.device, "threads": args.threads, "pairs": []}
    command = [args.program, "plan", "--model", args.model, "--device", args.device, "--threads", args.threads, "--json"]
    with tempfile.TemporaryDirectory() as folder:
        environment = processes.private_environment(folder)
        rates = Path(folder) / "cache/headroom/rates.json"
        processes.run(command, environment)  # a card is calibrated then, too
        for _ in range(args.rounds):
            rates.unlink()
            measured = processes.run(command, environment).seconds
            results["pairs"].append((measured, processes.run(command, environment).seconds))
    results["load_after"] = os.getloadavg()[0]
    results["seconds"] = median(first - later for first, later in results["pairs"])
    machine = results["machine"]
    differences = sorted(first - later for first, later in results["pairs"])
    text = (
        f"Measuring the device ({args.device}) at its first use: {results['seconds']:.2f} s, {differences[0]:.2f} to "
        f"{differences[-1]:.2f} over {args.rounds} rounds; the whole command {median(p[0] for p in results['pairs']):.2f} s "
        f"with it and {median(p[1] for p in results['pairs']):.2f} s without. {machine['cpu']}, {machine['cores']} cores, "
        f"{args.threads} threads, load average {machine['load_before']:.1f} before and {results['load_after']:.1f} after.\n"
    )
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "probe.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    (args.out / "probe.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--model", type=Path, default=ROOT / "assets" / "starter-model")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=processes.physical_cores())
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bench")
    main(parser.parse_args())
