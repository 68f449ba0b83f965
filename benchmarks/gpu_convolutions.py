#!/usr/bin/env python3
"""The decoder's convolutions by torch itself: number formats and layouts, milliseconds and bytes of workspace.

    gpu_convolutions.py DEVICE [--quick]

One JSON line a case. Channels and sides are those of the FLUX-type decoder at 512x512 and 1024x1024; with --quick at
64x64 in float32 alone. Needs torch.
"""

import json
import sys
import time

import torch

# Input channels, output channels, pixels of the picture to a pixel of the layer.
LAYERS = ((512, 512, 8), (512, 512, 4), (512, 256, 2), (256, 256, 2), (256, 128, 1), (128, 128, 1))
FORMATS = (("fp32", torch.float32, False), ("tf32", torch.float32, True), ("bf16", torch.bfloat16, True), ("fp16", torch.float16, True))


def measure(device, layer, side, dtype, layout):
    """Seconds of one convolution, the fastest of three, and the most bytes beside input, weights and result."""
    inputs, outputs, scale = layer
    wait = torch.cuda.synchronize if device.startswith("cuda") else lambda: None
    x = torch.randn(1, inputs, side // scale, side // scale, device=device, dtype=dtype).to(memory_format=layout)
    convolution = torch.nn.Conv2d(inputs, outputs, 3, padding=1, device=device, dtype=dtype).to(memory_format=layout)
    extra, best = None, float("inf")
    for _ in range(3):
        wait()
        if device.startswith("cuda"):
            torch.cuda.reset_peak_memory_stats()
            before = torch.cuda.memory_allocated()
        start = time.perf_counter()
        y = convolution(x)
        wait()
        best = min(best, time.perf_counter() - start)
        if device.startswith("cuda"):
            extra = max(extra or 0, torch.cuda.max_memory_allocated() - before - y.numel() * y.element_size())
        del y
    return best, extra


def main():
    device, quick = sys.argv[1], "--quick" in sys.argv
    for side in (64,) if quick else (512, 1024):
        for name, dtype, tf32 in FORMATS[:1] if quick else FORMATS:
            torch.backends.cudnn.allow_tf32 = tf32
            for label, layout in (("NHWC", torch.channels_last), ("NCHW", torch.contiguous_format)):
                for layer in LAYERS:
                    case = {"picture": side, "format": name, "layout": label, "layer": layer}
                    try:
                        with torch.inference_mode():
                            seconds, extra = measure(device, layer, side, dtype, layout)
                        print(json.dumps({**case, "milliseconds": 1e3 * seconds, "workspace_bytes": extra}), flush=True)
                    except RuntimeError as error:
                        print(json.dumps({**case, "error": str(error).splitlines()[0]}), flush=True)


main()
