#!/usr/bin/env bash
# For whoever has a card: runs the recorded fixtures and the five size presets on it, and prints a table
# of times, predicted and actual peaks, and differences from the CPU. Please send the table along with
# a report of anything odd.
#
#   scripts/gpu_check.sh [DEVICE]   default cuda:0
#
# Builds against the libtorch that is set up. HEADROOM_PROGRAM names a program to use as it is.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=scripts/program.sh
. "$root/scripts/program.sh"

device=${1:-cuda:0}
need_program
"$program" devices
if ! "$program" devices --json | python3 -c 'import json, sys
sys.exit(not any(device["id"] == sys.argv[1] for device in json.load(sys.stdin)["devices"]))' "$device"; then
  fail "there is no $device that the program can use (see above); nothing was checked"
fi
failed=0
# Sums run in another order on a card, and errors grow over the steps: 50 times the CPU's tolerance.
step "fixtures on $device, float32" python3 "$root/tools/reference/check_pipeline.py" \
  --program "$program" --device "$device" --slack 50 || failed=1
step "presets on $device" python3 "$root/benchmarks/gpu_check.py" --program "$program" --device "$device" || failed=1
exit "$failed"
