#!/usr/bin/env bash
# Measures what is known before the first picture: how long the device's measuring takes, how well seconds are predicted
# from it over 20 random requests, and, with a folder of weights of the real size (created if it is empty, 20 GB), both
# at that size, and whether the program's own plan is as fast as the best one under a cap. The machine should have nothing
# else to do meanwhile. Writes build/bench/first.md; --write-docs also docs/measured/first-seconds.md.
#
#   scripts/bench_first.sh [--quick] [--real FOLDER] [--real-requests N] [--beside WORDS] [--write-docs]
#
# --beside says for the report what else ran (default "nothing"). --quick: fewer and smaller runs, to try the script.
# HEADROOM_PROGRAM names a program to use instead of the release build.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=scripts/program.sh
. "$root/scripts/program.sh"

quick='' real='' real_requests=20 beside=nothing docs=''
while (($#)); do
  case $1 in
    --quick) quick=1 ;;
    --write-docs) docs=1 ;;
    --real) real=${2:?--real wants a folder} && shift ;;
    --real-requests) real_requests=${2:?--real-requests wants a number} && shift ;;
    --beside) beside=${2:?--beside wants words} && shift ;;
    *) fail "there is no option $1" ;;
  esac
  shift
done

need_program
out=$root/build/bench
bench=$root/benchmarks

first_predictions() { # NAME OPTIONS...
  python3 "$bench/predicted_seconds.py" --program "$program" --learn none --rounds 1 --out "$out/first-$1" "${@:2}"
}

if [[ $quick ]]; then
  step "time the measuring" python3 "$bench/probe_time.py" --program "$program" --rounds 2 --out "$out"
  step "predict, then make" first_predictions starter --random 3 --most-pixels 384 --most-steps 3
else
  step "time the measuring" python3 "$bench/probe_time.py" --program "$program" --out "$out"
  step "predict, then make" first_predictions starter --random 20
fi
if [[ $real ]]; then
  step "the plan chosen by itself beside caps" python3 "$bench/real_size.py" --program "$program" --folder "$real" --out "$out"
  step "predict, then make, at real size" first_predictions real --model "$real" --random "$real_requests" \
    --most-pixels 512 --most-steps 2
fi

report() {
  local torch
  torch=$(sed -n "s/^__version__ = '\(.*\)'/\1/p" "$deps"/venv/lib/python3*/site-packages/torch/version.py)
  printf '# Seconds before the first picture\n\n'
  # The next run writes this file anew.
  # shellcheck disable=SC2016 # backquotes are Markdown
  printf 'Made by `scripts/bench_first.sh%s` on %s: commit %s, %s, libtorch %s, float32 on the processor; beside it ran %s.\n' \
    "${real:+ --real FOLDER}" "$(date +%F)" "$(git -C "$root" rev-parse --short HEAD)" "$("$program" --version)" "$torch" "$beside"
  printf '\n## Measuring the device\n\nPromised: at most 1 s on the processor, 0.5 s on a card.\n\n'
  cat "$out/probe.md"
  printf '\n## First predictions, starter model\n\nPromised: a median error of at most 25 %% over 20 random requests.\n\n'
  cat "$out/first-starter/seconds.md"
  [[ $real ]] || return 0
  printf '\n## First predictions at real size\n\nRandom weights of Z-Image-Turbo'\''s shape; sides of 256 to 512 pixels, 1 or 2 steps.\n\n'
  cat "$out/first-real/seconds.md"
  printf '\n## The plan chosen by itself, beside caps\n\nPromised: within 5 %% of the best.\n\n'
  cat "$out/real_size.md"
}

report >"$out/first.md"
if [[ $docs ]]; then cp "$out/first.md" "$root/docs/measured/first-seconds.md"; fi
say "written: $out/first.md"
