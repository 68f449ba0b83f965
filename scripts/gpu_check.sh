#!/usr/bin/env bash
# For anyone with a GPU: runs scripts/gpu_session.sh for ten minutes with the program that is built here. Please
# send the output folder with a report of anything odd.
#
#   scripts/gpu_check.sh [DEVICE] [OPTIONS of gpu_session.sh]   default cuda:0
#
# HEADROOM_PROGRAM names a program to use instead of the release build, HEADROOM_GPU_OUT a folder instead of build/gpu-check.
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
