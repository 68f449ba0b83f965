#!/usr/bin/env bash
# Takes docs/images/window.png, the picture of the window in the README: starts the program on a virtual
# display, drives it with mouse and keyboard as a person would, makes a few pictures, and saves what the
# display shows.
#
#   scripts/take_screenshot.sh [FILE [OPTION...]]   options go to the program, e.g. --language zh
#
# The window runs with --pretend-vram, so that the gauge shows the same on every machine.
# HEADROOM_PROGRAM names a program to use instead of the release build.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=scripts/program.sh
. "$root/scripts/program.sh"
# shellcheck source=scripts/window.sh
. "$root/scripts/window.sh"

picture=${1:-$root/docs/images/window.png}
shift || true
# Preset and prompt of each picture; the last one stays on the canvas.
jobs=(
  "512|a red apple on a blue background"
  "16:9|a sailboat on the sea"
  "512|a rocket in the night sky"
  "768|a cute orange cat on a light blue background"
)
make_pictures() {
  local job made=0
  wait_until "'generate' in widgets" 60
  enter seed seed 1 # the same pictures every time
  for job in "${jobs[@]}"; do
    enter prompt prompt "${job#*|}"
    click "preset.${job%%|*}"
    wait_until "state['cards']['${job%%|*}']['selected'] and state['can_generate']" 30
    click generate
    made=$((made + 1))
    wait_until "state['pictures'] == $made and not state['running']" 180
  done
  xdotool mousemove 1130 600 # a place without a tooltip
  sleep 1.5
}

need_program --with-tests
start_display
start_window --pretend-vram 512M --language en "$@"
step "make ${#jobs[@]} pictures in the window" make_pictures
step "save the screen" save_screen "$picture"
say "$picture"
