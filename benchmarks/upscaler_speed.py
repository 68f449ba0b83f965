#!/usr/bin/env python3
"""How fast pictures are enlarged: headroom beside spandrel, and in pieces beside the whole.

    upscaler_speed.py --model FILE [--program build/release/bin/headroom] [--reference PYTHON] [--size 256x256]
                      [--caps 1G,512M] [--runs 3] [--threads N]

Prints a table: seconds are those of the network, without starting programs and reading and writing pictures; headroom's have
the reading of the model in them, spandrel's have not. Megapixels are those of the result. Runs alternate, each in a new process; medians. With
--reference, a Python that has torch and spandrel (tools/reference/README.md), the same model runs there too. A picture of
random pixels is made for it: what is in it costs no less and no more. --caps: once more with at most so much memory, in
pieces.
"""

import argparse
import json
import os
import random
import statistics
import struct
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

REFERENCE = """
import sys, time, torch
from spandrel import ModelLoader
torch.set_num_threads(int(sys.argv[4]))
model = ModelLoader().load_from_file(sys.argv[1])
picture = torch.rand(1, 3, int(sys.argv[3]), int(sys.argv[2]))
with torch.inference_mode():
    model(picture[..., :32, :32])
    start = time.perf_counter()
    model(picture)
print(time.perf_counter() - start)
"""


def write_png(file, width, height):
    """Noise: the fastest PNG that no other library is needed for."""
    rows = b"".join(b"\0" + random.randbytes(3 * width) for _ in range(height))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(rows, 1)), chunk(b"IEND", b"")]
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(parts))


def run_headroom(arguments, picture, folder, cap):
    out = folder / "out.png"
    command = [arguments.program, "upscale", picture, "--model", arguments.model, "-o", out, "--json"]
    command += ["--threads", str(arguments.threads)] + (["--vram-cap", cap] if cap else [])
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"headroom failed: {done.stderr.strip()}")
    out.unlink()
    return json.loads(done.stdout)


def run_reference(arguments, width, height):
    command = [arguments.reference, "-c", REFERENCE, arguments.model, str(width), str(height), str(arguments.threads)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"spandrel failed: {done.stderr.strip().splitlines()[-1]}")
    return float(done.stdout)


def measure(arguments, folder):
    width, height = (int(side) for side in arguments.size.split("x"))
    picture = folder / "picture.png"
    write_png(picture, width, height)
    caps = [None] + [cap for cap in arguments.caps.split(",") if cap]
    seconds = {cap: [] for cap in caps}
    last = {}
    reference = []
    run_headroom(arguments, picture, folder, None)  # fills the disk cache
    for _ in range(arguments.runs):
        for cap in caps:
            last[cap] = run_headroom(arguments, picture, folder, cap)
            seconds[cap].append(last[cap]["seconds"])
        if arguments.reference:
            reference.append(run_reference(arguments, width, height))
    megapixels = last[None]["width"] * last[None]["height"] / 1e6
    whole = statistics.median(seconds[None])
    print("| | pieces | peak MB | seconds | megapixels a second | of the whole's time |")
    print("|---|---|---|---|---|---|")

    def row(name, pieces, peak, times):
        middle = statistics.median(times)
        print(f"| {name} | {pieces} | {peak} | {middle:.2f} | {megapixels / middle:.3f} | {middle / whole:.2f} |")

    for cap in caps:
        peak = f"{last[cap]['actual_peak_bytes'] / 2**20:.0f}"
        row(f"headroom, at most {cap}" if cap else "headroom", last[cap]["pieces"], peak, seconds[cap])
    if reference:
        row("spandrel", 1, "", reference)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True)
    parser.add_argument("--program", type=Path, default=Path("build/release/bin/headroom"))
    parser.add_argument("--reference", help="a Python with torch and spandrel")
    parser.add_argument("--size", default="256x256")
    parser.add_argument("--caps", default="")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    arguments = parser.parse_args()
    load = os.getloadavg()[0]
    print(f"{arguments.threads} threads, load before it {load:.1f}, {arguments.runs} runs each, {arguments.size} px\n")
    with tempfile.TemporaryDirectory() as folder:
        measure(arguments, Path(folder))


if __name__ == "__main__":
    main()
