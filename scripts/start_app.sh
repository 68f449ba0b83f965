#!/usr/bin/env bash
# Sets up, builds and starts the program with the given arguments. Only the first call takes long.
#
#   scripts/start_app.sh                                  the window
#   scripts/start_app.sh generate -p "a cute orange cat"  see "headroom --help"
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

program=$root/build/release/bin/headroom

# What can be done without a screen.
make_a_picture() {
  say "There is no display (neither DISPLAY nor WAYLAND_DISPLAY is set), so no window can open."
  say "Making a picture with the starter model instead; the file:"
  "$program" generate --model "$root/assets/starter-model" -p "a cute orange cat" --json |
    python3 -c 'import json, sys
for line in sys.stdin:
    print(json.loads(line)["file"])'
}

"$root/scripts/setup.sh"
use_build_tools
step "configure release" configure release
step "build release" build release
if (($# == 0)) && [[ -z ${DISPLAY:-} && -z ${WAYLAND_DISPLAY:-} ]]; then
  make_a_picture
else
  exec "$program" "$@"
fi
