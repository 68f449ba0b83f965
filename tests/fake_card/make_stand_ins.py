#!/usr/bin/env python3
"""Builds stand-ins for the libraries below a CUDA wheel of libtorch: make_stand_ins.py LIB OUTPUT

LIB is the wheel's torch/lib folder. Every library that it wants and that is no part of it gets a
stand-in in OUTPUT, where every function says "success"; stand_in/*.cpp has those that must do more.
The driver's management library goes into OUTPUT/nvml, so that it can be left out.
Needs nm, readelf and a C++ compiler (CXX), no CUDA toolkit.
"""
import os
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

HERE = Path(__file__).resolve().parent / "stand_in"
CXX = os.environ.get("CXX", "g++")
FLAGS = ["-std=c++20", "-O1", "-fPIC", "-Wall", "-Wextra"]

RUNTIME = "libcudart.so.13"
SOURCES = {
    RUNTIME: ["memory", "copies", "launches", "cards", "driver_entries"],
    "libcublas.so.13": ["cublas"],
    "libcublasLt.so.13": ["cublaslt"],
    "libcudnn.so.9": ["cudnn"],
    "libcuda.so.1": ["driver"],
    "libnvidia-ml.so.1": ["nvml"],
}
# Opened by name while the program runs.
OPENED = ["libcuda.so.1", "libnvidia-ml.so.1"]
CUDA = re.compile(r"lib(cu|nccl|nvrtc|nvshmem|nvidia)")
# Symbols without a version belong to the library whose name they begin with.
PREFIXES = {
    "libnccl.so.2": "nccl",
    "libcufile.so.0": "cuFile",
    "libcusparseLt.so.0": "cusparseLt",
    "libnvshmem_host.so.3": "nvshmem",
    "libcurand.so.10": "curand",
}
PRODUCT = re.compile(r"cublas([A-Z]?[Gg]emm|LtMatmul$)")


def output_of(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def version_names(library):
    """Version of a symbol -> the library that it is wanted from."""
    names, file = {}, ""
    for line in output_of("readelf", "-VW", library).splitlines():
        if found := re.search(r"File: (\S+)", line):
            file = found[1]
        elif file and (found := re.search(r"Name: (\S+) .*Version:", line)):
            names[found[1]] = file
    return names


def wanted_symbols(folder):
    """Library -> symbols that it must have, and library -> the version that these carry."""
    wanted, loose, versions = defaultdict(set), set(), {}
    for library in folder.glob("*.so"):
        for name in re.findall(r"\(NEEDED\).*\[(.*)\]", output_of("readelf", "-dW", library)):
            if CUDA.match(name):
                wanted[name]  # wanted by name even where no symbol of it is
        homes = version_names(library)
        versions |= {home: version for version, home in homes.items() if CUDA.match(home)}
        for line in output_of("nm", "-D", "--undefined-only", library).splitlines():
            symbol, _, version = line.split()[-1].partition("@")
            home = homes.get(version.lstrip("@"), "")
            if CUDA.match(home):
                wanted[home].add(symbol)
            elif not version:
                loose.add(symbol)
    for library, prefix in PREFIXES.items():
        wanted[library] |= {s for s in loose if s.startswith(prefix)}
    for library in OPENED:
        wanted[library]
    return wanted, versions


def stub(symbol):
    result = "stand_in_product()" if PRODUCT.match(symbol) else "0"
    return f'extern "C" int {symbol}() {{ return {result}; }}\n'


def build(library, symbols, version, output, scratch):
    """Compiles the answers, adds "success" for what they leave open, and links both."""
    objects = []
    for source in SOURCES.get(library, []):
        objects.append(scratch / f"{source}.o")
        subprocess.run([CXX, *FLAGS, "-c", HERE / f"{source}.cpp", "-o", objects[-1]], check=True)
    answered = set(re.findall(r" [TW] (\w+)$", output_of("nm", *objects), re.M)) if objects else set()
    rest = scratch / "rest.cpp"
    rest.write_text('extern "C" int stand_in_product();\n' + "".join(map(stub, sorted(symbols - answered))))
    link = [CXX, "-shared", *FLAGS, *objects, rest, f"-Wl,-soname,{library}", "-o", output]
    if version:
        script = scratch / "versions.map"
        script.write_text(f"{version} {{ global: *; }};\n")
        link.append(f"-Wl,--version-script={script}")
    if library.startswith("libcublas"):
        link.append(output.parent / RUNTIME)
    subprocess.run(link, check=True)


def main():
    folder, output = Path(sys.argv[1]), Path(sys.argv[2])
    (output / "nvml").mkdir(parents=True, exist_ok=True)
    wanted, versions = wanted_symbols(folder)
    with tempfile.TemporaryDirectory() as scratch:
        for library in sorted(wanted, key=lambda name: name != RUNTIME):
            place = output / "nvml" if library == "libnvidia-ml.so.1" else output
            build(library, wanted[library], versions.get(library), place / library, Path(scratch))


main()
