#!/usr/bin/env bash
# For whoever has a card: ten minutes of scripts/gpu_session.sh with the program that is built here. Please
# send the folder with its table and facts along with a report of anything odd.
#
#   scripts/gpu_check.sh [DEVICE]   default cuda:0
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=scripts/program.sh
. "$root/scripts/program.sh"

need_program
out=$root/build/gpu-check
HEADROOM_PROGRAM=$program "$root/scripts/gpu_session.sh" "$out" --device "${1:-cuda:0}"
say "table and facts: $out"
