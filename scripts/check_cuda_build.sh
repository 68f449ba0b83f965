#!/usr/bin/env bash
# Compiles and links everything against a CUDA wheel of libtorch and runs the program's `devices`. No
# card, driver or CUDA toolkit is needed. The first call fetches about 3 GB into .deps/cuda-venv.
#
#   scripts/check_cuda_build.sh               fetches what is missing, builds into build/cuda
#   scripts/check_cuda_build.sh --if-fetched  does nothing where the wheel was never fetched (for CI)
#
# JOBS=N sets how many compilers run at once; default: by processors and free memory.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Another release than the program's own: it also shows that the sources are not tied to one.
# torch's wheel lacks the header crt/host_config.h, which nvidia-cuda-crt has.
requirements=(torch==2.14.1 "nvidia-cuda-crt==13.0.*")
cuda_venv=$deps/cuda-venv
stamp=$cuda_venv/complete
build=$root/build/cuda

fetch() {
  rm -rf "$cuda_venv"
  "${HEADROOM_PYTHON:-python3}" -m venv "$cuda_venv"
  "$cuda_venv/bin/python" -m pip --disable-pip-version-check install -q --only-binary=:all: "${requirements[@]}"
  printf '%s\n' "${requirements[*]}" >"$stamp"
}

torch_folder() {
  local folder
  for folder in "$cuda_venv"/lib/python3*/site-packages/torch; do
    [[ -e $folder/lib/libtorch_cuda.so ]] ||
      fail "the torch wheel in $cuda_venv is one without CUDA; delete that folder and call this again"
    echo "$folder"
    return
  done
}

configure_cuda() {
  (cd "$root" && cmake --preset dev -B "$build" -DHEADROOM_TORCH_DIR="$(torch_folder)")
}

build_cuda() { cmake --build "$build" -j "$(build_jobs)"; }

check_devices() {
  local report
  report=$("$build/bin/headroom" devices --json)
  say "$report"
  python3 -c 'import json, sys
report = json.loads(sys.argv[1])
if not report["torch_has_cuda"]:
    sys.exit("error: the program does not see that its libtorch has CUDA")
if not report["devices"]:
    sys.exit("error: the program lists no device, not even the CPU")' "$report"
}

if [[ ${1:-} == --if-fetched && ! -f $stamp ]]; then
  say "The CUDA wheel was never fetched; nothing to check."
  exit 0
fi
"$root/scripts/setup.sh" --with-tests
use_build_tools
if [[ ! -f $stamp || $(<"$stamp") != "${requirements[*]}" ]]; then
  step "fetch ${requirements[*]} into .deps/cuda-venv" fetch
fi
step "configure cuda" configure_cuda
step "build everything against CUDA" build_cuda
step "run headroom devices" check_devices
print_step_times
say "The CUDA build is good."
