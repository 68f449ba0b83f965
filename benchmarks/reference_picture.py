"""Makes one picture with the reference implementation and prints what it took as a line of JSON.

    reference_picture.py MODEL PROMPT WIDTH HEIGHT STEPS GUIDANCE SEED THREADS FILE

For compare_reference.py, which runs it as a process of its own. With --versions it only prints the versions.
Needs: torch diffusers transformers pillow.
"""

import json
import os
import sys
import time
import warnings

os.environ.setdefault("HF_HUB_OFFLINE", "1")
warnings.filterwarnings("ignore")

import torch


def versions():
    import diffusers
    import transformers

    return {
        "python": sys.version.split()[0],
        "torch": torch.__version__,
        "diffusers": diffusers.__version__,
        "transformers": transformers.__version__,
    }


def main(model, prompt, width, height, steps, guidance, seed, threads, file):
    from diffusers import ZImagePipeline

    torch.set_num_threads(int(threads))
    start = time.perf_counter()
    pipe = ZImagePipeline.from_pretrained(model, torch_dtype=torch.float32, local_files_only=True)
    pipe.set_progress_bar_config(disable=True)
    loaded = time.perf_counter()

    # Denoising lasts from the first call of the transformer to the last step's end.
    started = denoised = None

    def note_start(_module, _inputs):
        nonlocal started
        started = started or time.perf_counter()

    def note_time(_pipe, _step, _timestep, _values):
        nonlocal denoised
        denoised = time.perf_counter()
        return {}

    pipe.transformer.register_forward_pre_hook(note_start)
    image = pipe(
        prompt=prompt,
        width=int(width),
        height=int(height),
        num_inference_steps=int(steps),
        guidance_scale=float(guidance),
        generator=torch.Generator("cpu").manual_seed(int(seed)),
        callback_on_step_end=note_time,
    ).images[0]
    decoded = time.perf_counter()
    image.save(file)
    saved = time.perf_counter()
    print(
        json.dumps(
            {
                "load": loaded - start,
                "encode": started - loaded,
                "denoise": denoised - started,
                "decode": decoded - denoised,
                "save": saved - decoded,
            }
        )
    )


if __name__ == "__main__":
    if sys.argv[1:] == ["--versions"]:
        print(json.dumps(versions()))
    else:
        main(*sys.argv[1:])
