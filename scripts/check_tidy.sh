#!/usr/bin/env bash
# Runs clang-tidy 14 with the checks of .clang-tidy on the rooms without torch, which takes about ten minutes on one core;
# with --all on every room, which takes twice as long; or on the named files. Exits with 1 if it finds anything. A source
# that was found clean is not looked at again until it, something that it includes, its flags or the checks change.
#
#   scripts/check_tidy.sh [--all | FILE...]
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
use_build_tools

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
clean=${XDG_CACHE_HOME:-$HOME/.cache}/headroom-tidy
mkdir -p "$clean" "$work/found"
find "$clean" -type f -mtime +30 -delete

salt=$({ "$clang_tidy" --version; cat .clang-tidy; } | sha256sum)
git ls-files -- "${files[@]}" | grep '\.cpp$' |
  python3 scripts/tidy_keys.py "$root" "$root/build/dev" "$(command -v ninja)" "$work" "$salt" >"$work/keys"

# check KEY FILE: leaves what is found in a file of that key, and a stamp where nothing is. A file that clang cannot read is an
# objection, too.
check() {
  local key=$1 file=$2 said code=0 found
  said=$("$clang_tidy" -p "$work" --quiet "$file" 2>&1) || code=$?
  found=$(grep -E '(warning|error): .*\[[a-z]' <<<"$said" | sed "s|^$root/||" | grep -v '^/') || true
  if [[ -z $found && $code != 0 ]]; then found="$file: clang-tidy ends with $code: $(tail -n 1 <<<"$said")"; fi
  if [[ -z $found ]]; then touch "$clean/$key"; else printf '%s\n' "$found" >"$work/found/$key"; fi
}
export -f check
export clang_tidy work clean root
while read -r key file; do
  if [[ -f $clean/$key ]]; then touch "$clean/$key"; else printf '%s\0%s\0' "$key" "$file"; fi
done <"$work/keys" >"$work/open"
say "$(wc -l <"$work/keys") sources, of which $(($(tr -cd '\0' <"$work/open" | wc -c) / 2)) are not known to be clean"
xargs -0 -r -P "$(nproc)" -n 2 bash -c 'check "$@"' check <"$work/open"
found=$(cat "$work"/found/* 2>/dev/null | grep . | sort -u) || true
[[ -z $found ]] || fail "clang-tidy objects:
$found"
