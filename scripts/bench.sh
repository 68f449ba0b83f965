#!/usr/bin/env bash
# Measures speed and memory of the release program on the starter model; see benchmarks/. Writes
# build/bench/results.json and results.md. The machine should have nothing else to do meanwhile.
#
#   scripts/bench.sh [--write-readme] [--runs N] [--presets 512,768,...]
#
# If HEADROOM_REFERENCE_PYTHON names a Python with torch, diffusers and transformers, the reference
# implementation is measured too (README, "Speed and memory", says how to make one).
# --write-readme replaces the README's tables. HEADROOM_PROGRAM names a program to use instead of the release build.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=scripts/program.sh
. "$root/scripts/program.sh"

# Prints the reference interpreter; nothing if none is named.
reference_python() {
  local python=${HEADROOM_REFERENCE_PYTHON:-}
  if [[ -z $python ]]; then
    say "HEADROOM_REFERENCE_PYTHON is not set: only headroom is measured."
  elif ! "$python" -c 'import diffusers, torch, transformers' 2>/dev/null; then
    fail "HEADROOM_REFERENCE_PYTHON is $python, which cannot import torch, diffusers and transformers"
  else
    echo "$python"
  fi
}

options=()
for argument in "$@"; do
  case $argument in
    --write-readme) options+=(--readme "$root/README.md") ;;
    *) options+=("$argument") ;;
  esac
done
reference=$(reference_python)
if [[ -n $reference ]]; then options+=(--reference-python "$reference"); fi
need_program --with-tests
if torch=$(sed -n "s/^__version__ = '\(.*\)'/\1/p" "$deps"/venv/lib/python3*/site-packages/torch/version.py 2>/dev/null); then
  options+=(--torch-version "$torch")
fi
step "measure" python3 "$root/benchmarks/compare_reference.py" --program "$program" \
  --out "$root/build/bench" ${options[@]+"${options[@]}"}
