#!/usr/bin/env python3
"""Compare pictures of the starter model: headroom beside the reference implementation.

    compare_starter.py [--program FILE] [--model DIR] [--presets 512,768,...]

Draws the same prompts with the same seeds through diffusers' ZImagePipeline and through `headroom generate`, both
in float32, and reports the largest and the mean difference of the final latents and of the pictures in levels of
255. Exits with 1 when a picture differs by more than one level anywhere.
Needs: torch diffusers transformers safetensors numpy pillow.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
warnings.filterwarnings("ignore")

import numpy as np
import torch
from diffusers import ZImagePipeline
from PIL import Image
from safetensors.torch import load_file

ROOT = Path(__file__).resolve().parents[2]
SIZES = {"512": (512, 512), "768": (768, 768), "1024": (1024, 1024), "16:9": (1024, 576), "9:16": (576, 1024)}
PROMPTS = [  # prompt, negative prompt, guidance, steps
    ("a cute orange cat", "", 2.0, 16),
    (
        "一只可爱的橘色猫咪，坐在窗台上，阳光洒进来，高清照片风格，毛发细节清晰，浅景深",
        "低质量，模糊，扭曲，多余手指",
        2.0,
        16,
    ),
    ("a rocket in the night sky", "", 0.0, 8),
]


def reference_run(pipe, prompt, negative, guidance, steps, width, height, seed):
    """The final latents [C, h, w] and the picture [H, W, 3] of the reference."""
    latents = None

    def keep(_pipe, _step, _timestep, values):
        nonlocal latents
        latents = values["latents"].clone()
        return {}

    image = pipe(
        prompt=prompt,
        negative_prompt=negative or None,
        width=width,
        height=height,
        guidance_scale=guidance,
        num_inference_steps=steps,
        generator=torch.Generator("cpu").manual_seed(seed),
        callback_on_step_end=keep,
    ).images[0]
    return latents[0], np.asarray(image, dtype=np.int16)


def headroom_run(program, model, prompt, negative, guidance, steps, width, height, seed, folder):
    """The same of headroom."""
    picture, dump = folder / "picture.png", folder / "dump.safetensors"
    command = [
        program,
        "generate",
        "--model",
        model,
        "--device",
        "cpu",
        "--dtype",
        "fp32",
        "--prompt",
        prompt,
        "--guidance",
        str(guidance),
        "--steps",
        str(steps),
        "--size",
        f"{width}x{height}",
        "--seed",
        str(seed),
        "--output",
        picture,
        "--dump",
        dump,
    ]
    if negative:
        command += ["--negative", negative]
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL)
    latents = load_file(dump)[f"latents.{steps}"]
    pixels = np.asarray(Image.open(picture).convert("RGB"), dtype=np.int16)
    picture.unlink()
    return latents.reshape(latents.shape[-3:]), pixels


def main(args):
    torch.set_grad_enabled(False)
    pipe = ZImagePipeline.from_pretrained(args.model, torch_dtype=torch.float32, local_files_only=True)
    pipe.set_progress_bar_config(disable=True)
    worst = 0
    print(f"{'size':10} {'latents max':>12} {'levels max':>10} {'mean':>8} {'> 0':>8}   prompt")
    with tempfile.TemporaryDirectory() as folder:
        for preset in args.presets.split(","):
            width, height = SIZES[preset]
            for seed, (prompt, negative, guidance, steps) in enumerate(PROMPTS, start=1):
                wanted = reference_run(pipe, prompt, negative, guidance, steps, width, height, seed)
                found = headroom_run(
                    args.program, args.model, prompt, negative, guidance, steps, width, height, seed, Path(folder)
                )
                levels = np.abs(wanted[1] - found[1])
                worst = max(worst, int(levels.max()))
                print(
                    f"{width}x{height:<6} {float((wanted[0] - found[0]).abs().max()):12.2e} {levels.max():10d} "
                    f"{levels.mean():8.5f} {(levels > 0).mean():8.5f}   {prompt[:40]}",
                    flush=True,
                )
    print(f"largest difference of a picture: {worst} of 255")
    return 0 if worst <= 1 else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=Path, default=ROOT / "build" / "release" / "bin" / "headroom")
    parser.add_argument("--model", type=Path, default=ROOT / "assets" / "starter-model")
    parser.add_argument("--presets", default=",".join(SIZES), help="comma-separated")
    sys.exit(main(parser.parse_args()))
