#!/usr/bin/env bash
# Draws docs/images/sheet.jpg, the pictures in the README: the five size presets (columns), prompts in
# English and Chinese (rows), all with seed 1 and the starter model's own settings.
# HEADROOM_PROGRAM names a program to use instead of the release build.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=scripts/program.sh
. "$root/scripts/program.sh"

sheet=${1:-$root/docs/images/sheet.jpg}
cell_px=236
paper="#eeeeee" # so that the edges of white pictures are visible
presets=(512 768 1024 16:9 9:16)
prompts=(
  "a cute orange cat"
  "a red apple on a blue background"
  "a castle at sunset"
  "a sailboat on the sea"
  "a rocket in the night sky"

  "一朵玫瑰花，粉色背景"
  "一只可爱的橘色猫咪，坐在窗台上，阳光洒进来"
  "雪地里的企鹅"
  "左边是苹果，右边是香蕉"
  "一棵圣诞树，红色背景"

  "two strawberries"
  "a snowman in the snow"
  "a dog and a cat"
  "a red car on the grass"
  "a robot, green background"

  "熊猫"
  "草地上的向日葵"
  "一杯咖啡，棕色背景"
  "汉堡和披萨"
  "夜空中的月亮"
)

# One font for Latin and Chinese text.
chinese_font() {
  convert -list font | sed -n 's/^ *Font: \(Noto-Sans-CJK-SC\)$/\1/p' | head -n 1
}

# A cell of the sheet: the picture in a square, and its prompt below.
draw_pictures() {
  local i file
  for i in "${!prompts[@]}"; do
    file=$pictures/$(printf '%02d' "$i").png
    "$program" generate -p "${prompts[i]}" --preset "${presets[i % ${#presets[@]}]}" --seed 1 -o "$file" >/dev/null
    convert -background "$paper" \
      \( "$file" -resize "${cell_px}x${cell_px}" -gravity center -extent "${cell_px}x${cell_px}" \) \
      \( -size "${cell_px}x48" -gravity north -fill '#303030' -font "$font" -pointsize 14 "caption:${prompts[i]}" \) \
      -append "$file"
  done
}

lay_out() {
  montage "$pictures"/*.png -background "$paper" -tile "${#presets[@]}x" -geometry +5+5 "$pictures/sheet.png"
  convert "$pictures/sheet.png" -strip -quality 85 "$sheet"
}

need_tools imagemagick montage convert
font=$(chinese_font)
[[ -n $font ]] || fail "Noto Sans CJK is missing; install the package fonts-noto-cjk"
need_program
pictures=$(mktemp -d)
trap 'rm -rf "$pictures"' EXIT
mkdir -p "$(dirname "$sheet")"
step "draw ${#prompts[@]} pictures" draw_pictures
step "lay them out" lay_out
say "$sheet: $(($(stat -c %s "$sheet") / 1024)) kB"
