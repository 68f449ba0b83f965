#!/usr/bin/env bash
# fuzz.sh [SECONDS]: reads weight files made up by libFuzzer for so long (60 by default), under AddressSanitizer and UBSan.
# Needs clang++-14 and its runtime (packages clang-14 and libclang-rt-14-dev). A file that breaks the reader is kept in
# build/fuzz/.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

seconds=${1:-60}
use_build_tools
cd "$root"
configure fuzz
cmake --build --preset fuzz -j "$(build_jobs)" --target weight_file_fuzz
seeds=build/fuzz/tests/data/quant
mkdir -p build/fuzz/found
# -malloc_limit_mb: no allocation may be much larger than the file, which is at most 64 KiB here.
build/fuzz/bin/weight_file_fuzz -max_total_time="$seconds" -max_len=65536 -malloc_limit_mb=64 -timeout=10 \
  -artifact_prefix=build/fuzz/ build/fuzz/found "$seeds/hostile" "$seeds/linear" "$seeds/foreign"
