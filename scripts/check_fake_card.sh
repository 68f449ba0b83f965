#!/usr/bin/env bash
# Checks what can be checked of NVIDIA GPUs without one: the CUDA build of the program's libtorch runs
# on a stand-in for the driver and CUDA's libraries (tests/fake_card/README.md). No card, driver or
# CUDA toolkit is needed. The first call fetches 530 MB into .deps/cuda-wheel; later ones need no network.
#
#   scripts/check_fake_card.sh          fetches and builds what is missing, runs the checks
#   scripts/check_fake_card.sh --fetch  only fetches; later builds of the tests include these checks
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=scripts/torch_wheel.sh
. "$root/scripts/torch_wheel.sh"

run_checks() { (cd "$root" && ctest --preset dev -L '^fake-card$'); }

case "${1:-}" in
  "" | --fetch) ;;
  *) fail "unknown option $1; the only one is --fetch" ;;
esac
"$root/scripts/setup.sh" --with-tests
# Only the libraries, no headers.
set_up_wheel torch "$deps/cuda-wheel" torch/version.py torch/lib/lib{c10,c10_cuda,torch_cpu,torch_cuda,torch_nvshmem}.so \
  torch/lib/libgomp.so.1
if [[ ${1:-} == --fetch ]]; then exit 0; fi
use_build_tools
step "configure dev" configure dev
step "build the checks" build dev fake_card
step "check on the stand-in card" run_checks
print_step_times
say "All checks on the stand-in card passed. They say nothing about speed, and nothing about numbers."
