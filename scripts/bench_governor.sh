#!/usr/bin/env bash
# Measures what the memory governor costs: dry runs by size, the frontier, refusals, and streamed blocks
# and tiles compared with everything resident; see benchmarks/governor_benchmark.cpp. Takes google-benchmark's
# options. The machine should have nothing else to do meanwhile.
#
#   scripts/bench_governor.sh [--benchmark_filter=frontier]
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

build=$root/build/benchmark

configure_benchmarks() {
  (cd "$root" && cmake --preset release -B "$build" -DHEADROOM_BENCHMARKS=ON) ||
    fail "the benchmarks could not be configured (see above); they need google-benchmark: apt-get install libbenchmark-dev"
}

"$root/scripts/setup.sh"
use_build_tools
step "configure the benchmarks" configure_benchmarks
step "build the benchmarks" cmake --build "$build" -j "$(build_jobs)" --target governor_benchmark
say "libtorch $(sed -n "s/^__version__ = '\(.*\)'/\1/p" "$deps"/venv/lib/python3*/site-packages/torch/version.py), $(nproc) processors, load $(cut -d' ' -f1-3 /proc/loadavg)"
# The value that the program sets (src/app/main.cpp).
GOMP_SPINCOUNT=1000 OMP_NUM_THREADS=$(nproc) exec "$build/bin/governor_benchmark" "$@"
