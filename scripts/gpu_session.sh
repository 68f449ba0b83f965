#!/usr/bin/env bash
# Runs the steps of benchmarks/gpu_session.py, ten minutes on a machine with a GPU, prints a table and writes
# facts.jsonl to OUT. The program is HEADROOM_PROGRAM; else that of .gpu/bundle.tar.xz (scripts/make_gpu_bundle.sh)
# with the torch of this machine's Python (PYTHON names another); else the one that is built here. Needs no network.
# HEADROOM_BUNDLE names a bundle elsewhere, HEADROOM_TORCH_FOLDER the folder of a torch without Python.
#
#   scripts/gpu_session.sh OUT [--device cuda:0] [--deadline SECONDS] [--quick]
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=scripts/program.sh
. "$root/scripts/program.sh"

[[ -n ${1:-} && $1 != -* ]] || fail "say where the results shall go: scripts/gpu_session.sh OUT"
out=$1
shift
mkdir -p "$out"
python=${PYTHON:-python3}
bundle=${HEADROOM_BUNDLE:-$root/.gpu/bundle.tar.xz}
arguments=(--out "$out")

# Sets `program` to the bundle's program, which uses this machine's libtorch.
use_bundle() {
  local place torch_folder made_for file
  place=$(mktemp -d)
  # shellcheck disable=SC2064 # expanded now: the folder that exists now
  trap "rm -rf '$place'" EXIT
  tar -C "$place" -xJf "$bundle"
  # Fails before GPU time is spent on a program that was made from other sources.
  [[ $(sources_of_program) == "$(<"$place/sources")" ]] ||
    fail "$bundle was made of other sources than this checkout's, at commit $(<"$place/commit"); make it again with scripts/make_gpu_bundle.sh"
  mkdir -p "$place/share/headroom"
  ln -s "$root/assets/starter-model" "$place/share/headroom/starter-model"
  ln -s "$root/configs/models" "$place/share/headroom/models"
  ln -s "$root/configs/config.yaml" "$place/share/headroom/config.yaml"
  torch_folder=${HEADROOM_TORCH_FOLDER:-$("$python" -c 'import importlib.util; print(importlib.util.find_spec("torch").submodule_search_locations[0])')} ||
    fail "this machine's Python has no torch, whose libraries the bundle needs"
  made_for=$(<"$place/torch_version")
  grep -q "^__version__ = .$made_for" "$torch_folder/version.py" ||
    fail "the bundle is made for torch $made_for, and $torch_folder is another one; change torch_of_bundle in third_party/versions.lock and make it again"
  # Set for these programs only, since the machine's own must not use the bundle's libraries. CUDA's are preloaded by
  # name, since a build on a machine without them does not link to them.
  mkdir "$place/run"
  for file in "$place"/bin/*; do
    printf '#!/bin/sh\nLD_LIBRARY_PATH=%q LD_PRELOAD=%q exec %q "$@"\n' \
      "$torch_folder/lib:$place/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" \
      "$torch_folder/lib/libc10_cuda.so:$torch_folder/lib/libtorch_cuda.so" "$file" >"$place/run/${file##*/}"
    chmod +x "$place/run/${file##*/}"
  done
  program=$place/run/headroom
  arguments+=(--checks "$place/run")
  say "program of commit $(<"$place/commit"), torch of $torch_folder"
}

if [[ -z ${HEADROOM_PROGRAM:-} && -f $bundle ]]; then
  use_bundle
else
  need_program
fi
"$python" "$root/benchmarks/gpu_session.py" --program "$program" "${arguments[@]}" "$@" | tee "$out/table.txt"
