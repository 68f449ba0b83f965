#!/usr/bin/env bash
# For whoever has a card: ten minutes of scripts/gpu_session.sh with the program that is built here. Please
# send the folder with its table and facts along with a report of anything odd.
#
#   scripts/gpu_check.sh [DEVICE] [OPTIONS of gpu_session.sh]   default cuda:0
#
# HEADROOM_PROGRAM names a program to use as it is, HEADROOM_GPU_OUT another folder than build/gpu-check.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=scripts/program.sh
. "$root/scripts/program.sh"

need_program
out=${HEADROOM_GPU_OUT:-$root/build/gpu-check}
device=cuda:0
if [[ -n ${1:-} && $1 != -* ]]; then
  device=$1
  shift
fi
HEADROOM_PROGRAM=$program "$root/scripts/gpu_session.sh" "$out" --device "$device" "$@"
say "table and facts: $out"
