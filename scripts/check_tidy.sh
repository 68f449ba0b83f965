#!/usr/bin/env bash
# Runs clang-tidy 14 with the checks of .clang-tidy on the rooms without torch, which takes about ten minutes on one core;
# with --all on every room, which takes twice as long; or on the named files. Exits with 1 if it finds anything.
#
#   scripts/check_tidy.sh [--all | FILE...]
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

clang_tidy=${CLANG_TIDY:-clang-tidy-14}
command -v "$clang_tidy" >/dev/null || fail "$clang_tidy is missing; install the package clang-tidy-14"
[[ -f $root/build/dev/compile_commands.json ]] || fail "build the preset dev first: the checks read how files are compiled"

cd "$root"
case "${1:-}" in
  "") files=(src/{core,config,image,records,text,weights,model_files,memory,engine,gui_state,gui_actions,gui_toolkit,gui}) ;;
  --all) files=(src) ;;
  *) files=("$@") ;;
esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
found=$work/found
# clang cannot read gcc's precompiled headers.
sed -E 's| (-Winvalid-pch )?-include [^ ]*cmake_pch\.hxx||' build/dev/compile_commands.json \
  >"$work/compile_commands.json"
git ls-files -z -- "${files[@]}" | grep -z '\.cpp$' |
  xargs -0 -P "$(nproc)" -n 4 "$clang_tidy" -p "$work" --quiet 2>/dev/null |
  grep -E '(warning|error): .*\[[a-z]' | sed "s|^$root/||" | grep -v '^/' | sort -u >"$found" || true
cat "$found"
[[ ! -s $found ]] || fail "clang-tidy has $(wc -l <"$found") objections, see above"
