# For scripts that drive the window on a virtual display; sourced after lib.sh.
# shellcheck shell=bash

need_tools xvfb Xvfb
need_tools xdotool xdotool
need_tools imagemagick import convert

folder=$(mktemp -d)
dump=$folder/ui.json
children=()

clean_up() {
  local child
  for child in ${children[@]+"${children[@]}"}; do kill "$child" 2>/dev/null || true; done
  wait
  rm -rf "$folder"
}
trap clean_up EXIT

start_display() {
  local deadline=$((SECONDS + 20))
  Xvfb -displayfd 3 -nolisten tcp -screen 0 1280x800x24 3>"$folder/display" 2>/dev/null &
  children+=($!)
  until [[ -s $folder/display ]]; do
    ((SECONDS < deadline)) || fail "Xvfb did not start"
    sleep 0.1
  done
  DISPLAY=:$(<"$folder/display")
  export DISPLAY LIBGL_ALWAYS_SOFTWARE=1
  unset WAYLAND_DISPLAY
}

# start_window OPTION...: starts the window without the user's own settings and pictures.
start_window() {
  export XDG_CONFIG_HOME=$folder/config XDG_STATE_HOME=$folder/state XDG_PICTURES_DIR=$folder/pictures
  export XDG_DATA_HOME=$folder/data HEADROOM_UI_DUMP=$dump
  mkdir -p "$folder/pictures"
  "$program" "$@" >"$folder/log" 2>&1 &
  children+=($!)
}

# ask EXPRESSION: prints the value of a Python expression over the window's dump (HEADROOM_UI_DUMP); nothing while
# there is no dump yet.
ask() {
  python3 -c '
import json, sys
try:
    with open(sys.argv[1], encoding="utf-8") as file:
        dump = json.load(file)
    widgets, state = dump["widgets"], dump["state"]
    print(eval(sys.argv[2]))
except (OSError, KeyError):
    pass' "$dump" "$1"
}

# comes_true EXPRESSION SECONDS: waits until the expression is true; fails after SECONDS.
comes_true() {
  local deadline=$((SECONDS + $2))
  until [[ $(ask "$1") == True ]]; do
    ((SECONDS < deadline)) || return 1
    kill -0 "${children[-1]}" 2>/dev/null || fail "the window closed: $(tail -n 3 "$folder/log")"
    sleep 0.1
  done
}

wait_until() {
  comes_true "$1" "$2" || fail "waited $2 s in vain for: $1; the window's log: $(tail -n 3 "$folder/log")"
}

point_at() {
  local x y
  wait_until "'$1' in widgets" 20
  read -r x y < <(ask "'%d %d' % (widgets['$1']['x'] + widgets['$1']['w'] / 2, widgets['$1']['y'] + widgets['$1']['h'] / 2)")
  xdotool mousemove "$x" "$y"
}

click() {
  point_at "$1"
  sleep 0.2
  xdotool mousedown 1
  sleep 0.1
  xdotool mouseup 1
  sleep 0.3
}

# enter WIDGET KEY TEXT: replaces the text of a field; KEY is its name in the dump's state. On a busy machine a key
# press may get lost, hence the second try.
enter() {
  local try
  for try in 1 2 3 4 5; do
    click "$1"
    xdotool keydown ctrl
    xdotool key --delay 100 a
    xdotool keyup ctrl
    xdotool type --delay 40 "$3"
    if comes_true "state['$2'] == '$3'" 5; then return 0; fi
    say "try $try: $1 does not hold \"$3\" yet"
  done
  fail "could not type into $1"
}

# save_screen FILE: saves a screenshot, with 255 colours, which is half as large and looks the same.
save_screen() {
  mkdir -p "$(dirname "$1")"
  import -window root "$folder/screen.png"
  convert "$folder/screen.png" -strip -dither FloydSteinberg -colors 255 -define png:compression-level=9 "$1"
}
