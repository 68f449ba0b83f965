#!/usr/bin/env python3
"""What one seed, one composition does: how alike a small picture and the large one of the same seed are.

    composition.py [--program build/release/bin/headroom] [--count 100] [--small 512] [--large 1024] [--keep FOLDER]

Needs numpy and Pillow. Each prompt names one of the starter model's subjects and a background, with a seed of its own, the prompt's
number. It is drawn small and large, with plain seeds and with --seed-mode composition. The large picture is made small (mean of
2x2 values) and compared with the small one by the mean structural similarity of their luminance (Wang, Bovik, Sheikh and
Simoncelli, Image quality assessment, IEEE TIP 13(4), 2004: Gaussian window of 11 with sigma 1.5, K1 = 0.01, K2 = 0.03). 1 is
equal. Beside it stands what chance gives: the large picture of the same prompt with another seed. Says means, the standard error
of the paired difference, and in how many pairs the mode is better than plain seeds.
"""

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from processes import private_environment, run

BACKGROUNDS = ("red", "blue", "green", "yellow", "white", "grey", "pink", "orange")


def prompts(count, subjects_file):
    lines = [line for line in subjects_file.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    names = [line.split("\t")[1].split(",")[0].strip() for line in lines]
    return [f"a {names[i % len(names)]} on a {BACKGROUNDS[i % len(BACKGROUNDS)]} background" for i in range(count)]


def luminance(picture):
    rgb = np.asarray(Image.open(picture).convert("RGB"), dtype=np.float64)
    return rgb @ np.array([0.299, 0.587, 0.114])


def made_small(values, factor):
    height, width = values.shape
    return values.reshape(height // factor, factor, width // factor, factor).mean(axis=(1, 3))


def blurred(values):
    """Where the whole window lies in the picture."""
    at = np.arange(-5, 6)
    window = np.exp(-(at**2) / (2 * 1.5**2))
    window /= window.sum()
    for axis in (0, 1):
        values = np.apply_along_axis(np.convolve, axis, values, window, "valid")
    return values


def similarity(x, y):
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    mean_x, mean_y = blurred(x), blurred(y)
    var_x = blurred(x * x) - mean_x**2
    var_y = blurred(y * y) - mean_y**2
    both = blurred(x * y) - mean_x * mean_y
    index = (2 * mean_x * mean_y + c1) * (2 * both + c2) / ((mean_x**2 + mean_y**2 + c1) * (var_x + var_y + c2))
    return index.mean()


def draw(arguments, environment, folder, number, prompt, side, mode, seed):
    picture = folder / f"{number:03}_{side}_{mode}_{seed}.png"
    if not picture.exists():
        command = [arguments.program, "generate", "--prompt", prompt, "--size", f"{side}x{side}", "--seed", seed]
        run(command + ["--seed-mode", mode, "-o", picture], environment)
    return luminance(picture)


def measure(arguments, folder):
    environment = private_environment(folder)
    factor = arguments.large // arguments.small
    subjects = Path(__file__).resolve().parent.parent / "assets" / "starter-model" / "subjects.txt"
    found = {"plain": [], "composition": [], "chance": []}
    for number, prompt in enumerate(prompts(arguments.count, subjects), start=1):
        for mode in ("plain", "composition"):
            small = draw(arguments, environment, folder, number, prompt, arguments.small, mode, number)
            large = draw(arguments, environment, folder, number, prompt, arguments.large, mode, number)
            found[mode].append(similarity(small, made_small(large, factor)))
            if mode == "plain":
                other = draw(arguments, environment, folder, number, prompt, arguments.large, mode, 1000 + number)
                found["chance"].append(similarity(small, made_small(other, factor)))
        print(f"{number} of {arguments.count}", end="\r", file=sys.stderr, flush=True)
    return found


def tell(arguments, found):
    print(f"{arguments.count} prompts, {arguments.small} and {arguments.large} pixels a side")
    for name, values in found.items():
        print(f"{name}: mean SSIM {statistics.mean(values):.4f}, median {statistics.median(values):.4f}")
    gains = [a - b for a, b in zip(found["composition"], found["plain"])]
    error = statistics.stdev(gains) / len(gains) ** 0.5
    better = sum(gain > 0 for gain in gains)
    print(f"composition - plain: {statistics.mean(gains):+.4f} (standard error {error:.4f}), better in {better} of {len(gains)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default="build/release/bin/headroom")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--small", type=int, default=512)
    parser.add_argument("--large", type=int, default=1024, help="a multiple of --small")
    parser.add_argument("--keep", type=Path, help="a folder for the pictures; those that are there are not drawn again")
    arguments = parser.parse_args()
    if arguments.keep:
        arguments.keep.mkdir(parents=True, exist_ok=True)
        tell(arguments, measure(arguments, arguments.keep))
    else:
        with tempfile.TemporaryDirectory() as folder:
            tell(arguments, measure(arguments, Path(folder)))


if __name__ == "__main__":
    main()
