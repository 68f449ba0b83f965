"""Fit the live preview's map from latents to colours, and write it as preview.json into the model folder.

    fit_preview.py --program ../../build/release/bin/headroom

Draws pictures with `headroom generate --dump`, and finds by least squares the linear map that takes the final
latents of each cell to the mean colour that the decoder gives that cell. Needs numpy and safetensors, no torch.
"""

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

ASSETS = Path(__file__).resolve().parents[2] / "assets" / "starter-model"
# Surroundings for the subjects: all named colours matter more than all subjects.
PLACES_EN = [
    "",
    "on a red background",
    "on a blue background",
    "at sunset",
    "on a green background",
    "in the night sky",
    "on a purple background",
    "on the grass",
    "on a black background",
    "on a yellow background",
]
PLACES_ZH = [
    "白色背景",
    "粉色背景",
    "坐在窗台上，阳光洒进来",
    "棕色背景",
    "浅蓝色背景",
    "在雪地上",
    "灰色背景",
    "橙色背景",
    "青色背景",
    "大海背景",
]
PRESETS = ["512", "768", "16:9"]


def make_prompts(subjects_file, count):
    """`count` prompts, alternately English and Chinese, spread evenly over the subjects."""
    rows = [
        line.split("\t") for line in subjects_file.read_text(encoding="utf-8").splitlines() if not line.startswith("#")
    ]
    chosen = [rows[i * len(rows) // count] for i in range(count)]
    prompts = []
    for i, (_, english, chinese) in enumerate(chosen):
        if i % 2 == 0:
            prompts.append(f"{english.split(', ')[0]} {PLACES_EN[i // 2 % len(PLACES_EN)]}".strip())
        else:
            prompts.append(f"{chinese.split('、')[0]}，{PLACES_ZH[i // 2 % len(PLACES_ZH)]}")
    return prompts


def draw(program, model, prompt, preset, seed, folder):
    """Returns the final latents [C, h, w] and the decoded picture [3, H, W] in -1..1."""
    dump = folder / "dump.safetensors"
    subprocess.run(
        [
            program,
            "generate",
            "--model",
            model,
            "--prompt",
            prompt,
            "--preset",
            preset,
            "--seed",
            str(seed),
            "--output",
            folder / "picture.png",
            "--dump",
            dump,
        ],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    (folder / "picture.png").unlink()
    tensors = load_file(dump)
    last = max((name for name in tensors if name.startswith("latents.")), key=lambda name: int(name.split(".")[1]))
    return tensors[last].reshape(tensors[last].shape[-3:]), tensors["decoded"].reshape(tensors["decoded"].shape[-3:])


def samples(latents, picture):
    """One row for each latent cell: its channels [n, C], and its mean colour in 0..1 [n, 3]."""
    channels, h, w = latents.shape
    scale = picture.shape[1] // h
    colours = np.clip(picture / 2 + 0.5, 0, 1).reshape(3, h, scale, w, scale).mean((2, 4))
    return latents.reshape(channels, -1).T, colours.reshape(3, -1).T


def r_squared(colours, predicted):
    return 1 - np.square(colours - predicted).sum() / np.square(colours - colours.mean(0)).sum()


def fit(latents, colours):
    """Least squares with a constant: weights [C, 3] and bias [3]."""
    columns = np.concatenate([latents, np.ones((len(latents), 1))], 1).astype(np.float64)
    solution = np.linalg.lstsq(columns, colours.astype(np.float64), rcond=None)[0]
    return solution[:-1], solution[-1]


def main(args):
    prompts = make_prompts(args.model / "subjects.txt", args.count)
    pairs = []
    with tempfile.TemporaryDirectory() as folder:
        for i, prompt in enumerate(prompts):
            preset = PRESETS[i % len(PRESETS)]
            pairs.append(samples(*draw(args.program, args.model, prompt, preset, i + 1, Path(folder))))
            print(f"{i + 1}/{len(prompts)} {preset} {prompt}", flush=True)
    # Pictures, not cells, are held out: cells of one picture resemble each other.
    held_out = [pair for i, pair in enumerate(pairs) if i % 4 == 3]
    kept = [pair for i, pair in enumerate(pairs) if i % 4 != 3]
    join = lambda part: (np.concatenate([z for z, _ in part]), np.concatenate([c for _, c in part]))
    weights, bias = fit(*join(kept))
    test_latents, test_colours = join(held_out)
    print(f"R2 on {len(held_out)} held-out pictures: {r_squared(test_colours, test_latents @ weights + bias):.4f}")
    all_latents, all_colours = join(pairs)
    weights, bias = fit(all_latents, all_colours)
    predicted = all_latents @ weights + bias
    print(
        f"R2 on all {len(pairs)} pictures: {r_squared(all_colours, predicted):.4f}, "
        f"mean error {255 * np.abs(all_colours - predicted).mean():.1f} of 255"
    )
    preview = {"weights": weights.round(5).tolist(), "bias": bias.round(5).tolist()}
    text = ",\n    ".join(json.dumps(row) for row in preview["weights"])
    args.out.write_text(
        f'{{\n  "weights": [\n    {text}\n  ],\n  "bias": {json.dumps(preview["bias"])}\n}}\n', encoding="utf-8"
    )
    print("written", args.out)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=Path, default=ASSETS.parents[1] / "build" / "release" / "bin" / "headroom")
    parser.add_argument("--model", type=Path, default=ASSETS)
    parser.add_argument("--out", type=Path, default=ASSETS / "preview.json")
    parser.add_argument("--count", type=int, default=40, help="pictures to draw")
    main(parser.parse_args())
