#!/usr/bin/env python3
"""Records what diffusers' AutoencoderTiny makes of latents with TAEF1's shapes, for tests/model/tiny_decoder_test.cpp.

    make_tiny_decoder_fixture.py tests/data/tiny_decoder.json

Real weights are too large for a fixture, so both sides fill every tensor of the decoder by the same rule: value i of tensor
number t (in the order of the layers, weight before bias) is (mix(i + 1000003 t) / 2^32 - 0.5) * scale, where mix is a hash of
32-bit integers (xor-shifts and products by 0x45d9f3b). So are the latents, with t = 1000.
"""

import json
import sys

import numpy as np
import torch
from diffusers import AutoencoderTiny


def mix(x):
    x = x.astype(np.uint64) & 0xFFFFFFFF
    for _ in range(2):
        x = ((x ^ (x >> np.uint64(16))) * np.uint64(0x45D9F3B)) & np.uint64(0xFFFFFFFF)
    return x ^ (x >> np.uint64(16))


def values(number, shape, scale):
    i = np.arange(int(np.prod(shape)), dtype=np.uint64) + np.uint64(1000003 * number)
    return torch.tensor(((mix(i) / 2.0**32 - 0.5) * scale).astype(np.float32)).reshape(shape)


def main():
    model = AutoencoderTiny(
        latent_channels=16,
        encoder_block_out_channels=(64, 64, 64, 64),
        decoder_block_out_channels=(64, 64, 64, 64),
        num_encoder_blocks=(1, 3, 3, 3),
        num_decoder_blocks=(3, 3, 3, 1),
    )
    names = [name for name, _ in model.decoder.named_parameters()]
    with torch.no_grad():
        for number, (name, tensor) in enumerate(model.decoder.named_parameters()):
            tensor.copy_(values(number, tensor.shape, 0.14 if name.endswith("weight") else 0.4))
        latents = values(1000, (1, 16, 6, 5), 8)
        # The network's own range is 0 to 1; diffusers maps it to -1 to 1.
        picture = (model.decode(latents).sample + 1) / 2
    pixels = picture[0].permute(1, 2, 0).clamp(0, 1).mul(255)
    flat = pixels.flatten()[::17]
    with open(sys.argv[1], "w", encoding="utf-8") as out:
        json.dump({"names": names, "every": 17, "levels": [round(float(v), 3) for v in flat]}, out)
        out.write("\n")
    inside = ((pixels > 1) & (pixels < 254)).float().mean()
    print(f"{len(flat)} values, {100 * inside:.0f} % not clamped")


if __name__ == "__main__":
    main()
