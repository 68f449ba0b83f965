#!/usr/bin/env bash
# Shows the memory governor at work: opens the window with the starter model on a small pretended GPU, lets
# pretended programs take memory and give it back, and saves a screenshot of each stage as
# build/demo/01-....png, with a line of text that describes it.
#
#   scripts/demo_governor.sh [FOLDER [OPTION...]]   options go to the program, e.g. --language zh
#
# HEADROOM_PROGRAM names a program to use instead of the release build.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=scripts/program.sh
. "$root/scripts/program.sh"
# shellcheck source=scripts/window.sh
. "$root/scripts/window.sh"

pictures=${1:-$root/build/demo}
shift || true
others=$folder/others.txt
number=0

# others_hold LINE...: sets what the other programs hold from now on.
others_hold() {
  printf '%s\n' "$@" >"$folder/others.new"
  mv "$folder/others.new" "$others"
}

# show NAME TEXT: saves a screenshot.
show() {
  local file
  number=$((number + 1))
  file=$(printf '%s/%02d-%s.png' "$pictures" "$number" "$1")
  save_screen "$file"
  printf '%s: %s\n' "$file" "$2"
}

rest() {
  xdotool mousemove 640 6 # a place in the top bar without a tooltip
  sleep 1
}

# hold EXPRESSION LINE...: sets what the other programs hold, and waits until EXPRESSION is true of the window.
hold() {
  local expression=$1 names
  shift
  others_hold "$@"
  names=$(printf '%s\n' "$@" | sort -hr | sed -n "s/^[^ ]* \(.*\)/'\1'/p" | paste -sd ,)
  wait_until "state['others'] == [$names]" 30
  wait_until "'pending' not in [c['state'] for c in state['cards'].values()] and ($expression)" 60
  sleep 1.5 # the table of sizes is updated last
}

play() {
  wait_until "'generate' in widgets" 60
  enter seed seed 1
  enter prompt prompt "a cute orange cat on a light blue background"
  click preset.1024
  wait_until "state['width'] == 1024 and state['recommended'] == '1024' and state['critical_point'] != ''" 60
  rest
  show free "An empty card of 256 MB: all five sizes fit, 1024 is recommended, and everything stays in memory."

  click generate
  wait_until "state['pictures'] == 1 and not state['running']" 240
  rest
  show learnt "After one picture the seconds are known, and the gauge has the peak of the run beside what was predicted."

  hold "state['rungs'] != ['resident']" "64M game" "40M browser"
  show tighter "A game and a browser hold 104 MB: the same size still fits; the plan says which networks leave early, and what that saves."

  point_at gauge
  sleep 1.5
  show names "The gauge names who holds memory, the largest first."
  rest

  hold "any(r.startswith('stream-') for r in state['rungs'])" "157M blender" "40M browser" "17M Xorg"
  show streamed "Blender has come: parts of the networks now wait in main memory and visit for their turn; the plan names each rung with what it saves and costs."

  point_at plan
  sleep 1.5
  show rungs "The whole plan: rung by rung, then stage by stage."
  rest

  click generate
  wait_until "state['pictures'] == 2 and not state['running']" 240
  rest
  show same-picture "The same picture under that plan: the pixels are the same, in a fraction of the memory."

  hold "state['cards']['1024']['state'] == 'short' and not state['can_generate']" "164.2M blender" "40M browser" "17M Xorg"
  show short "Nearly nothing is left: the large sizes are off and say how much is missing; one click takes the size that fits."

  hold "state['recommended'] == '1024' and state['rungs'] == ['resident'] and state['can_generate']" "17M Xorg"
  show free-again "Blender has gone: the cards are back, without a restart."
}

need_program --with-tests
mkdir -p "$pictures"
rm -f "$pictures"/[0-9][0-9]-*.png
: >"$others"
start_display
start_window --device cpu --pretend-vram 256M --vram-reserve 16M --pretend-others "$others" --language en "$@"
play
