#!/usr/bin/env python3
"""Golden fixtures for upscaling networks: small random RRDBNets and SRVGGNetCompacts, and what spandrel computes with them.

    make_upscaler_fixtures.py --out DIR [--seed N]

Result below DIR
    *.safetensors *.pth   the networks, in both key layouts and the wrappers that people's files have
    hostile/              .pth files that must be refused, or at most read, and never run anything
    expected.json         {"cases": [{"name", "params", "inputs", "outputs"}], "file"} as the other fixtures have it
    expected.safetensors  pictures in and out, [3, h, w]

Weights are few values each, powers of two, so that the archive stays small and half precision holds them exactly.
Needs: torch spandrel safetensors numpy.
"""

import argparse
import json
import os
import pickle
import struct
import zipfile
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from spandrel.architectures.Compact import CompactArch
from spandrel.architectures.ESRGAN import ESRGANArch

ATOL = 2e-5


class Draw:
    """Weights of a network: a quarter of them plus or minus a power of two, the rest zero."""

    def __init__(self, seed):
        self.random = np.random.default_rng(seed)

    def conv(self, state, name, into, out, gain=1.0):
        size = 2.0 ** round(np.log2(gain * np.sqrt(4.0 / (into * 9))))
        values = self.random.choice([-1, 0, 0, 0, 0, 0, 0, 1], size=(out, into, 3, 3)).astype(np.float32)
        state[name + ".weight"] = torch.from_numpy(values * np.float32(size))
        bias = self.random.choice([-1, 0, 1], size=out).astype(np.float32) / 16
        state[name + ".bias"] = torch.from_numpy(bias)

    def rrdb(self, blocks, channels, unshuffle, doublings, growth=32):
        """By the names of Real-ESRGAN's code."""
        state = {}
        self.conv(state, "conv_first", 3 * unshuffle**2, channels)
        for block in range(blocks):
            for dense in (1, 2, 3):
                for layer in range(1, 6):
                    self.conv(
                        state,
                        f"body.{block}.rdb{dense}.conv{layer}",
                        channels + (layer - 1) * growth,
                        channels if layer == 5 else growth,
                    )
        self.conv(state, "conv_body", channels, channels)
        for step in range(1, doublings + 1):
            self.conv(state, f"conv_up{step}", channels, channels, 1.5)
        self.conv(state, "conv_hr", channels, channels, 1.5)
        self.conv(state, "conv_last", channels, 3, 0.5)
        return state

    def srvgg(self, layers, channels, scale):
        state = {}
        self.conv(state, "body.0", 3, channels)
        slopes = [0.25, 0.125, -0.125]
        for layer in range(layers + 1):
            values = self.random.choice(slopes, size=channels).astype(np.float32)
            state[f"body.{2 * layer + 1}.weight"] = torch.from_numpy(values)
            last = layer == layers
            self.conv(state, f"body.{2 * layer + 2}", channels, 3 * scale**2 if last else channels, 0.5 if last else 1.0)
        return state


def first_esrgan_names(state, blocks, doublings):
    """The same network as the first ESRGAN's code numbers its layers."""
    names = {"conv_first": "model.0", "conv_body": f"model.1.sub.{blocks}"}
    for step in range(1, doublings + 1):
        names[f"conv_up{step}"] = f"model.{3 * step}"
    names["conv_hr"] = f"model.{3 * doublings + 2}"
    names["conv_last"] = f"model.{3 * doublings + 4}"
    result = {}
    for name, value in state.items():
        module, kind = name.rsplit(".", 1)
        if module.startswith("body."):
            _, block, dense, layer = module.split(".")
            result[f"model.1.sub.{block}.{dense.upper()}.{layer}.0.{kind}"] = value
        else:
            result[f"{names[module]}.{kind}"] = value
    return result


def bsrgan_names(state):
    """The same network by the names of BSRGAN's and ESRGAN's later code."""
    result = {}
    for name, value in state.items():
        name = name.replace("body.", "RRDB_trunk.", 1).replace(".rdb", ".RDB") if name.startswith("body.") else name
        for now, old in (("conv_body", "trunk_conv"), ("conv_hr", "HRconv"), ("conv_up", "upconv")):
            name = name.replace(now, old) if name.startswith(now) else name
        result[name] = value
    return result


class Fixtures:
    def __init__(self, folder, seed):
        self.folder = folder
        self.random = np.random.default_rng(seed)
        self.cases = []
        self.tensors = {}

    def picture(self, height, width):
        levels = self.random.integers(0, 256, size=(3, height, width))
        return torch.from_numpy(levels.astype(np.float32) / np.float32(255))

    def add(self, name, arch, state, size, files, params):
        """`files`: all of them hold this network."""
        model = arch().load(dict(state)).model.eval()
        picture = self.picture(*size)
        with torch.no_grad():
            out = model(picture[None])[0]
        self.tensors[name + ".picture"] = picture
        self.tensors[name + ".result"] = out.contiguous()
        self.cases.append(
            {
                "name": name,
                "params": {"files": files, **params},
                "inputs": {"picture": {"tensor": name + ".picture"}},
                "outputs": {"result": {"tensor": name + ".result", "atol": ATOL}},
            }
        )
        print(f"{name}: {tuple(picture.shape)} -> {tuple(out.shape)}, {out.min():.3f} to {out.max():.3f}")

    def write(self):
        save_file(self.tensors, self.folder / "expected.safetensors")
        text = json.dumps({"file": "expected.safetensors", "cases": self.cases}, indent=1)
        (self.folder / "expected.json").write_text(text + "\n")


def make_networks(folder, seed):
    fixtures = Fixtures(folder, seed + 100)
    four = Draw(seed).rrdb(1, 4, 1, 2)
    save_file(four, folder / "x4.safetensors")
    save_file({k: v.half() for k, v in four.items()}, folder / "x4_half.safetensors")
    old = first_esrgan_names(four, 1, 2)
    save_file(old, folder / "x4_first_names.safetensors")
    torch.save({"params_ema": four}, folder / "x4.pth")
    torch.save(old, folder / "x4_first_names.pth")
    torch.save({"state_dict": bsrgan_names(four)}, folder / "x4_bsrgan.pth")
    # The averaged weights are the ones to take; those that training goes on with are others.
    both = {"params": {k: v * 0 for k, v in four.items()}, "params_ema": four}
    torch.save(both, folder / "x4_both.pth")
    files = ["x4.safetensors", "x4_half.safetensors", "x4_first_names.safetensors", "x4.pth", "x4_first_names.pth"]
    files += ["x4_bsrgan.pth", "x4_both.pth"]
    fixtures.add(
        "rrdb_x4", ESRGANArch, four, (9, 13), files, {"scale": 4, "unshuffle": 1, "channels": 4, "blocks": 1}
    )
    two = Draw(seed + 1).rrdb(2, 4, 2, 2)
    torch.save({"params_ema": two}, folder / "x2.pth")
    fixtures.add("rrdb_x2", ESRGANArch, two, (11, 14), ["x2.pth"], {"scale": 2, "unshuffle": 2, "channels": 4, "blocks": 2})
    one = Draw(seed + 2).rrdb(1, 4, 1, 1)
    save_file(first_esrgan_names(one, 1, 1), folder / "x2_first_names.safetensors")
    fixtures.add(
        "rrdb_x2_first",
        ESRGANArch,
        one,
        (8, 6),
        ["x2_first_names.safetensors"],
        {"scale": 2, "unshuffle": 1, "channels": 4, "blocks": 1},
    )
    for scale, layers, size in ((4, 3, (10, 7)), (2, 2, (5, 12)), (3, 0, (6, 6))):
        state = Draw(seed + 10 + scale).srvgg(layers, 8, scale)
        torch.save({"params": state}, folder / f"general_x{scale}.pth")
        save_file(state, folder / f"general_x{scale}.safetensors")
        files = [f"general_x{scale}.pth", f"general_x{scale}.safetensors"]
        fixtures.add(f"srvgg_x{scale}", CompactArch, state, size, files, {"scale": scale, "channels": 8, "blocks": layers})
    make_denoise_pair(fixtures, folder, seed)
    fixtures.write()


def make_denoise_pair(fixtures, folder, seed):
    """Real-ESRGAN's general model and its weaker sister, whose mean by --denoise_strength is a network too."""
    clean = Draw(seed + 20).srvgg(2, 8, 4)
    weak = Draw(seed + 21).srvgg(2, 8, 4)
    torch.save({"params": clean}, folder / "realesr-general-x4v3.pth")
    torch.save({"params": weak}, folder / "realesr-general-wdn-x4v3.pth")
    share = 0.25
    mixed = {k: share * clean[k] + (1 - share) * weak[k] for k in clean}
    fixtures.add("denoise", CompactArch, mixed, (6, 9), ["realesr-general-x4v3.pth"], {"denoise": share})


class Runs:
    """Unpickling this runs a command."""

    def __init__(self, function, *arguments):
        self.call = (function, arguments)

    def __reduce__(self):
        return self.call


def write_zip(file, members, method=zipfile.ZIP_STORED):
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, method)


def make_hostile(folder, seed):
    folder.mkdir()
    state = Draw(seed + 30).srvgg(0, 4, 2)
    torch.save({"params": state}, folder / "fine.pth")
    fine = (folder / "fine.pth").read_bytes()
    with zipfile.ZipFile(folder / "fine.pth") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    table = next(name for name in members if name.endswith("/data.pkl"))
    for name, value in (
        ("system", Runs(os.system, "touch headroom-was-here")),
        ("eval", {"params": Runs(eval, "open('headroom-was-here', 'w')")}),
        ("nested", {"params": {"body.0.weight": [Runs(os.mkdir, "headroom-was-here")]}}),
    ):
        write_zip(folder / f"{name}.pth", {**members, table: pickle.dumps(value, 2)})
    write_zip(folder / "compressed.pth", members, zipfile.ZIP_DEFLATED)
    write_zip(folder / "no_table.pth", {k: v for k, v in members.items() if k != table})
    write_zip(folder / "no_values.pth", {k: v for k, v in members.items() if "/data/" not in k})
    write_zip(folder / "short_values.pth", {k: v[:-4] if "/data/" in k else v for k, v in members.items()})
    write_zip(folder / "cut_table.pth", {k: v[:-40] if k == table else v for k, v in members.items()})
    itself = {}
    itself["params"] = itself
    write_zip(folder / "itself.pth", {**members, table: pickle.dumps(itself, 2)})
    (folder / "cut.pth").write_bytes(fine[: len(fine) // 2])
    end = fine.rfind(b"PK\x05\x06")
    (folder / "far_directory.pth").write_bytes(fine[: end + 16] + struct.pack("<I", 1 << 30) + fine[end + 20 :])
    torch.save(state, folder / "before_1_6.pth", _use_new_zipfile_serialization=False)
    turned = {k: v.permute(3, 2, 1, 0) if v.dim() == 4 else v for k, v in state.items()}
    torch.save(turned, folder / "turned.pth")
    torch.save({"weight": torch.zeros(3)}, folder / "no_upscaler.pth")
    save_file({"weight": torch.zeros(3)}, folder / "no_upscaler.safetensors")
    grey = Draw(seed + 31).rrdb(1, 2, 1, 0, growth=2)
    grey["conv_first.weight"] = grey["conv_first.weight"][:, :1].contiguous()
    save_file(grey, folder / "grey.safetensors")
    broken = {k: v.clone() for k, v in state.items()}
    broken["body.0.weight"][0, 0, 0, 0] = float("nan")
    save_file(broken, folder / "not_finite.safetensors")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True)
    make_networks(arguments.out, arguments.seed)
    make_hostile(arguments.out / "hostile", arguments.seed)


if __name__ == "__main__":
    main()
