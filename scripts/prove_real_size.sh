#!/usr/bin/env bash
# Runs a network of Z-Image-Turbo's shape with random weights, as bf16, int8, Q8_0 and Q4_K, under the plan chosen by
# itself and under caps: both memories, predicted and actual, the seconds of every stage and the share of the machine's own
# product rate that a step reaches. FOLDER gets 45 GB of weights when it is empty. It takes hours on two cores; stopped, or
# ended after --minutes, the same command goes on. The machine should have nothing else to do meanwhile. Writes
# build/bench/real_size.md; --write-docs also docs/measured/real-size.md.
#
#   scripts/prove_real_size.sh FOLDER [--quick] [--minutes N] [--rates PYTHON] [--beside WORDS] [--write-docs]
#
# --rates: a Python that has torch, for the machine's own rate. --quick: one layer and small pictures, to try the script.
# --beside says what else ran, "nothing" if it is left out. HEADROOM_PROGRAM names a program to use as it is.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=scripts/program.sh
. "$root/scripts/program.sh"

folder=${1:?name a folder for the weights}
shift
beside=nothing docs='' needed_gb=45
how=(--formats bf16,int8,q8_0,q4_k --sizes 512x512,1024x1024 --caps none,2G,4G,6G)
while (($#)); do
  case $1 in
    --quick) how=(--formats bf16,int8,q8_0,q4_k --sizes 256x256 --caps none,2G --layers 1) needed_gb=6 ;;
    --write-docs) docs=1 ;;
    --minutes | --rates) how+=("$1" "${2:?$1 wants a value}") && shift ;;
    --beside) beside=${2:?--beside wants words} && shift ;;
    *) fail "there is no option $1" ;;
  esac
  shift
done

need_program
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
if [[ ! -d $folder/vae ]]; then
  free_gb=$(($(df --output=avail -k "$folder" | tail -1) / 1000000))
  ((free_gb >= needed_gb)) || fail "$folder has $free_gb GB free, $needed_gb are needed"
fi
out=$root/build/bench
cd "$root"
python3 benchmarks/real_size.py --program "$program" --folder "$folder" --steps 1 --out "$out" "${how[@]}"
if [[ $docs ]]; then
  {
    printf '# At real size\n\nMade by `scripts/prove_real_size.sh` on %s; beside it ran %s.\n\n' "$(date +%F)" "$beside"
    cat "$out/real_size.md"
  } >docs/measured/real-size.md
fi
say "written: $out/real_size.md"
