#!/usr/bin/env python3
"""Makes a folder of Z-Image-Turbo's names, shapes and number formats, without its numbers.

    make_model.py FOLDER [--transformer F32|BF16] [--layers N] [--encoder-layers N] [--heads N] [--weights holes|random]

holes: files without content, 33 GB that take no disk; the program loads such weights only with
HEADROOM_MODEL_CHECK_WEIGHTS=false. random: normal with a standard deviation of 0.02, norms 1, biases 0, which keeps
bfloat16 finite; it takes the disk that it says. The transformer is published in F32, with
30 layers of one kind and 30 heads, the text encoder with 36 layers; fewer make a model that is like it and takes less
time. The tokenizer is the starter model's. Prints the count and the bytes of each network's tensors as JSON. Needs only the standard library.
"""
import argparse
import array
import json
import random
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BYTES = {"F32": 4, "BF16": 2}
DEVIATION = 0.02
# A prime, so that no rows of a matrix repeat before so many.
POOL_VALUES = 1_000_003


class Values:
    """Bytes of tensors of one number format, out of a pool of random numbers."""

    def __init__(self, dtype):
        generator = random.Random(1)
        numbers = array.array("f", (generator.gauss(0, DEVIATION) for _ in range(POOL_VALUES)))
        self.size = BYTES[dtype]
        self.one = self.encoded(array.array("f", [1]))
        # Twice, so that a piece may begin anywhere.
        self.pool = self.encoded(numbers) * 2
        self.next = 0

    def encoded(self, numbers):
        raw = numbers.tobytes()
        if self.size == 4:
            return raw
        halves = array.array("H", raw)
        return halves[1::2].tobytes()  # the upper half of a float32 is a bfloat16, rounded down

    def pieces(self, name, shape):
        """The bytes of one tensor, a few megabytes at a time."""
        left = 1
        for side in shape:
            left *= side
        if name.endswith(".bias"):
            yield bytes(left * self.size)
        elif len(shape) == 1:
            yield self.one * left
        else:
            while left > 0:
                count = min(left, POOL_VALUES)
                start = self.next * self.size
                yield self.pool[start : start + count * self.size]
                self.next = (self.next + count) % POOL_VALUES
                left -= count


def write(path, tensors, dtype, values):
    """A safetensors file; with values None a true header and nothing behind it. Returns the bytes of weights."""
    header, end = {}, 0
    for name, shape in tensors:
        size = BYTES[dtype]
        for side in shape:
            size *= side
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [end, end + size]}
        end += size
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little"))
        file.write(text)
        if values is None:
            file.truncate(8 + len(text) + end)
        else:
            for name, shape in tensors:
                file.writelines(values.pieces(name, shape))
    return end


def write_shards(folder, stem, tensors, dtype, values):
    folder.mkdir(parents=True, exist_ok=True)
    count = 3
    per_shard = -(-len(tensors) // count)
    places, total = {}, 0
    for i in range(count):
        part = tensors[i * per_shard : (i + 1) * per_shard]
        name = f"{stem}-{i + 1:05d}-of-{count:05d}.safetensors"
        total += write(folder / name, part, dtype, values)
        places |= {tensor: name for tensor, _ in part}
    index = {"metadata": {"total_size": total}, "weight_map": places}
    (folder / f"{stem}.safetensors.index.json").write_text(json.dumps(index))
    return len(tensors), total


def text_encoder(layers):
    width, inner, vocabulary = 2560, 9728, 151936
    yield "model.embed_tokens.weight", [vocabulary, width]
    for i in range(layers):
        layer = f"model.layers.{i}."
        for name in ("input_layernorm", "post_attention_layernorm"):
            yield layer + name + ".weight", [width]
        for name, rows in (("q", 4096), ("k", 1024), ("v", 1024)):
            yield f"{layer}self_attn.{name}_proj.weight", [rows, width]
        yield layer + "self_attn.o_proj.weight", [width, 4096]
        for name in ("q_norm", "k_norm"):
            yield f"{layer}self_attn.{name}.weight", [128]
        for name in ("gate_proj", "up_proj"):
            yield f"{layer}mlp.{name}.weight", [inner, width]
        yield layer + "mlp.down_proj.weight", [width, inner]
    yield "model.norm.weight", [width]


def linear(name, rows, columns):
    yield name + ".weight", [rows, columns]
    yield name + ".bias", [rows]


def transformer(layers, heads):
    width = 128 * heads
    inner = 8 * width // 3
    yield from linear("all_x_embedder.2-1", width, 64)
    yield "cap_embedder.0.weight", [2560]
    yield from linear("cap_embedder.1", width, 2560)
    yield from linear("t_embedder.mlp.0", 1024, 256)
    yield from linear("t_embedder.mlp.2", 256, 1024)
    yield "x_pad_token", [1, width]
    yield "cap_pad_token", [1, width]
    yield from linear("all_final_layer.2-1.linear", 64, width)
    yield from linear("all_final_layer.2-1.adaLN_modulation.1", width, 256)
    blocks = [f"{kind}_refiner.{i}" for kind in ("noise", "context") for i in range(2)]
    for block in blocks + [f"layers.{i}" for i in range(layers)]:
        for name in ("to_q", "to_k", "to_v", "to_out.0"):
            yield f"{block}.attention.{name}.weight", [width, width]
        for name in ("norm_q", "norm_k"):
            yield f"{block}.attention.{name}.weight", [128]
        for name in ("attention_norm1", "attention_norm2", "ffn_norm1", "ffn_norm2"):
            yield f"{block}.{name}.weight", [width]
        yield block + ".feed_forward.w1.weight", [inner, width]
        yield block + ".feed_forward.w3.weight", [inner, width]
        yield block + ".feed_forward.w2.weight", [width, inner]
        if not block.startswith("context"):
            yield from linear(block + ".adaLN_modulation.0", 4 * width, 256)


def convolution(name, inputs, outputs, kernel):
    yield name + ".weight", [outputs, inputs, kernel, kernel]
    yield name + ".bias", [outputs]


def norm(name, channels):
    yield name + ".weight", [channels]
    yield name + ".bias", [channels]


def residual(name, inputs, outputs):
    yield from norm(name + ".norm1", inputs)
    yield from convolution(name + ".conv1", inputs, outputs, 3)
    yield from norm(name + ".norm2", outputs)
    yield from convolution(name + ".conv2", outputs, outputs, 3)
    if inputs != outputs:
        yield from convolution(name + ".conv_shortcut", inputs, outputs, 1)


def middle(name, channels):
    yield from residual(name + ".resnets.0", channels, channels)
    yield from residual(name + ".resnets.1", channels, channels)
    yield from norm(name + ".attentions.0.group_norm", channels)
    for part in ("to_q", "to_k", "to_v", "to_out.0"):
        yield from linear(f"{name}.attentions.0.{part}", channels, channels)


def vae():
    widths = [128, 256, 512, 512]
    yield from convolution("encoder.conv_in", 3, 128, 3)
    channels = 128
    for i, width in enumerate(widths):
        for r in range(2):
            yield from residual(f"encoder.down_blocks.{i}.resnets.{r}", channels, width)
            channels = width
        if i < 3:
            yield from convolution(f"encoder.down_blocks.{i}.downsamplers.0.conv", width, width, 3)
    yield from middle("encoder.mid_block", 512)
    yield from norm("encoder.conv_norm_out", 512)
    yield from convolution("encoder.conv_out", 512, 32, 3)
    yield from convolution("decoder.conv_in", 16, 512, 3)
    yield from middle("decoder.mid_block", 512)
    channels = 512
    for i, width in enumerate(reversed(widths)):
        for r in range(3):
            yield from residual(f"decoder.up_blocks.{i}.resnets.{r}", channels, width)
            channels = width
        if i < 3:
            yield from convolution(f"decoder.up_blocks.{i}.upsamplers.0.conv", width, width, 3)
    yield from norm("decoder.conv_norm_out", 128)
    yield from convolution("decoder.conv_out", 128, 3, 3)


def main(args):
    shutil.copytree(ROOT / "configs/models/z-image-turbo", args.folder, dirs_exist_ok=True)
    shutil.copytree(ROOT / "assets/starter-model/tokenizer", args.folder / "tokenizer", dirs_exist_ok=True)

    def configure(name, **settings):
        config = args.folder / name / "config.json"
        config.write_text(json.dumps(json.loads(config.read_text()) | settings))

    configure("transformer", n_layers=args.layers, n_heads=args.heads, n_kv_heads=args.heads, dim=128 * args.heads)
    configure("text_encoder", num_hidden_layers=args.encoder_layers)

    def values(dtype):
        return Values(dtype) if args.weights == "random" else None

    def shards(name, stem, tensors, dtype):
        return write_shards(args.folder / name, stem, list(tensors), dtype, values(dtype))

    tensors = list(vae())
    (args.folder / "vae").mkdir(exist_ok=True)
    written = {
        "text_encoder": shards("text_encoder", "model", text_encoder(args.encoder_layers), "BF16"),
        "transformer": shards(
            "transformer", "diffusion_pytorch_model", transformer(args.layers, args.heads), args.transformer
        ),
        "vae": (len(tensors), write(args.folder / "vae/diffusion_pytorch_model.safetensors", tensors, "F32", values("F32"))),
    }
    print(json.dumps(written))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--transformer", choices=BYTES, default="F32")
    parser.add_argument("--layers", type=int, default=30)
    parser.add_argument("--encoder-layers", type=int, default=36)
    parser.add_argument("--heads", type=int, default=30)
    parser.add_argument("--weights", choices=("holes", "random"), default="holes")
    main(parser.parse_args())
