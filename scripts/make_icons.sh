#!/usr/bin/env bash
# Renders assets/icon.svg to assets/icons/headroom-SIZE.png. Needs rsvg-convert (librsvg2-bin).
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v rsvg-convert >/dev/null; then
  echo "make_icons.sh: rsvg-convert is missing; install librsvg2-bin" >&2
  exit 1
fi
mkdir -p assets/icons
for size in 16 24 32 48 64 128 256 512; do
  rsvg-convert --width "$size" --height "$size" --output "assets/icons/headroom-$size.png" assets/icon.svg
done
