#!/usr/bin/env python3
"""How far apart the pictures of a prompt are: other seeds, variations of one seed, and seeds with variety.

    variety.py [--program build/release/bin/headroom] [--prompts 8] [--seeds 16] [--size 512] [--keep FOLDER]

Needs numpy and Pillow. The prompts name subjects of the starter model. For each way all pairs of its pictures of one prompt are
compared: by the root of the mean squared difference of their values (0 to 255), and by 1 minus the mean structural similarity of
their luminance (see composition.py). Both are 0 for equal pictures. Says the means over all pairs of all prompts.
"""

import argparse
import itertools
import statistics
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from composition import luminance, prompts, similarity
from processes import private_environment, run

WAYS = {
    "other seeds": [],
    "variation 0.1": ["--variation", "1000:0.1"],
    "variation 0.3": ["--variation", "1000:0.3"],
    "variation 0.5": ["--variation", "1000:0.5"],
    "other seeds, variety 0.1": ["--variety", "0.1"],
    "other seeds, variety 0.3": ["--variety", "0.3"],
    "other seeds, variety 0.5": ["--variety", "0.5"],
}


def draw(arguments, environment, folder, prompt, options):
    """With a variation the other seed counts up, without one the seed itself does."""
    if not folder.exists():
        command = [arguments.program, "generate", "--prompt", prompt, "--size", f"{arguments.size}x{arguments.size}"]
        run(command + ["--seed", 1, "--count", arguments.seeds, "-o", folder] + options, environment)
    return sorted(folder.glob("*.png"))


def measure(arguments, folder):
    environment = private_environment(folder)
    subjects = Path(__file__).resolve().parent.parent / "assets" / "starter-model" / "subjects.txt"
    found = {way: ([], []) for way in WAYS}
    for number, prompt in enumerate(prompts(arguments.prompts, subjects), start=1):
        for way, options in WAYS.items():
            place = folder / f"{number:02} {way}"
            files = draw(arguments, environment, place, prompt, options)
            values = [np.asarray(Image.open(file).convert("RGB"), dtype=np.float64) for file in files]
            light = [luminance(file) for file in files]
            for i, k in itertools.combinations(range(len(files)), 2):
                found[way][0].append(np.sqrt(np.mean((values[i] - values[k]) ** 2)))
                found[way][1].append(1 - similarity(light[i], light[k]))
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default="build/release/bin/headroom")
    parser.add_argument("--prompts", type=int, default=8)
    parser.add_argument("--seeds", type=int, default=16)
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--keep", type=Path, help="a folder for the pictures; those that are there are not drawn again")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        found = measure(arguments, folder)
    print(f"{arguments.prompts} prompts, {arguments.seeds} pictures each, {arguments.size} pixels a side, means over all pairs")
    for way, (distances, unlike) in found.items():
        print(f"{way}: {statistics.mean(distances):.1f} of 255, 1 - SSIM {statistics.mean(unlike):.3f}")


if __name__ == "__main__":
    main()
