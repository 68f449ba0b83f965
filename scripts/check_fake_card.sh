#!/usr/bin/env bash
# What can be proved about NVIDIA cards without one: the CUDA build of the program's own libtorch runs
# over a stand-in for the driver and CUDA's libraries (tests/fake_card/README.md). No card, driver or
# CUDA toolkit is needed. The first call fetches 530 MB into .deps/cuda-wheel; later ones need no network.
#
#   scripts/check_fake_card.sh          fetches and builds what is missing, runs the checks
#   scripts/check_fake_card.sh --fetch  only fetches; from then on every build has these checks
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

wheel_folder=$deps/cuda-wheel
# Any Python's wheel has the same libraries; nothing of it is run by Python.
python_tag=cp312
libraries=(c10 c10_cuda torch_cpu torch_cuda torch_nvshmem)

# wheel_field COLUMN of the row of versions.lock.
wheel_field() {
  awk -v tag="-$python_tag-$python_tag-" -v column="$1" \
    '$1 == "torch" && index($4, tag) { print $column; exit }' "$lock_file"
}

# Beside the finished folder, which is replaced as a whole: an interrupted call leaves nothing half done.
fetch() {
  local new=$wheel_folder.new
  rm -rf "$new"
  mkdir -p "$new"
  echo "torch==$(wheel_field 2) --hash=sha256:$(wheel_field 3)" >"$new/requirements.txt"
  venv_pip download -q --require-hashes --no-deps --only-binary=:all: \
    --python-version 3.12 --platform manylinux_2_28_x86_64 -d "$new" -r "$new/requirements.txt"
  unpack "$new"/*.whl "$new"
  rm "$new"/*.whl "$new/requirements.txt"
  wheel_field 3 >"$new/complete"
  rm -rf "$wheel_folder"
  mv "$new" "$wheel_folder"
}

# unpack WHEEL FOLDER: only what runs.
unpack() {
  "$deps/venv/bin/python" - "$@" "${libraries[@]/#/torch/lib/lib}" <<'PYTHON'
import sys
import zipfile

wheel, folder, *libraries = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    for member in [f"{library}.so" for library in libraries] + ["torch/lib/libgomp.so.1", "torch/version.py"]:
        archive.extract(member, folder)
PYTHON
}

set_up_wheel() {
  exec 9>"$deps/lock"
  flock 9 # two calls at once: the second waits and then finds everything done
  if [[ ! -f $wheel_folder/complete || $(<"$wheel_folder/complete") != "$(wheel_field 3)" ]]; then
    step "fetch the CUDA libtorch into .deps/cuda-wheel" fetch
  fi
  exec 9>&-
}

run_checks() { (cd "$root" && ctest --preset dev -L '^fake-card$'); }

case "${1:-}" in
  "" | --fetch) ;;
  *) fail "unknown option $1; the only one is --fetch" ;;
esac
"$root/scripts/setup.sh" --with-tests
set_up_wheel
if [[ ${1:-} == --fetch ]]; then exit 0; fi
use_build_tools
step "configure dev" configure dev
step "build the checks" build dev fake_card
step "check on the stand-in card" run_checks
print_step_times
say "All checks on the stand-in card passed. They say nothing about speed, and nothing about numbers."
