#!/usr/bin/env bash
# Measures how well the release program predicts seconds after one run on this device; see
# benchmarks/predicted_seconds.py, which takes the options. Writes build/bench/seconds.json and
# seconds.md. The machine should have nothing else to do meanwhile.
#
#   scripts/bench_seconds.sh [--rounds N] [--learn 512,1024]
#
# HEADROOM_PROGRAM names a program to use instead of the release build.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=scripts/program.sh
. "$root/scripts/program.sh"

need_program
step "measure" python3 "$root/benchmarks/predicted_seconds.py" --program "$program" --out "$root/build/bench" "$@"
