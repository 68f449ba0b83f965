#!/usr/bin/env bash
# fuzz.sh [SECONDS]: lets libFuzzer search for weight files, PyTorch files and pictures that break their readers, all at once
# for SECONDS (default 60), under AddressSanitizer and UBSan. Needs clang++-14 and its runtime (packages clang-14 and libclang-rt-14-dev). An input that
# breaks a reader is kept in build/fuzz/.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

seconds=${1:-60}
use_build_tools
cd "$root"
configure fuzz
cmake --build --preset fuzz -j "$(build_jobs)" --target weight_file_fuzz picture_file_fuzz torch_file_fuzz

# fuzz KIND SEEDS...: inputs that were found before are tried first. Inputs have at most 64 KiB, and no allocation may be much
# larger than that.
fuzz() {
  local kind=$1 found=build/fuzz/found-$1
  shift
  mkdir -p "$found"
  build/fuzz/bin/"${kind}_file_fuzz" -max_total_time="$seconds" -max_len=65536 -malloc_limit_mb=64 -timeout=10 \
    -artifact_prefix=build/fuzz/ -verbosity=0 "$found" "$@" >"build/fuzz/$kind.log" 2>&1 ||
    { tail -n 40 "build/fuzz/$kind.log" >&2; fail "the reader of ${kind} files broke; the input is in build/fuzz/"; }
}
seeds=build/fuzz/tests/data/quant
fuzz weight "$seeds/hostile" "$seeds/linear" "$seeds/foreign" &
weights=$!
fuzz torch build/fuzz/tests/data/upscalers/hostile &
torch=$!
fuzz picture
wait "$weights"
wait "$torch"
