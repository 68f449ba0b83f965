# For scripts that extract libraries or headers from torch's CUDA wheel; sourced after lib.sh.
# shellcheck shell=bash

# The wheels for all Python versions have the same libraries, and Python runs nothing of them.
wheel_python=cp312

# wheel_field NAME COLUMN: prints that column of the row in versions.lock.
wheel_field() {
  # shellcheck disable=SC2154 # lib.sh sets it
  awk -v name="$1" -v tag="-$wheel_python-$wheel_python-" -v column="$2" \
    '$1 == name && index($4, tag) { print $column; exit }' "$lock_file"
}

# fetch_wheel NAME FOLDER PREFIX...: extracts the wheel's members whose names begin with a PREFIX. They are
# extracted beside FOLDER, which is then replaced as a whole, so that an interrupted call leaves nothing incomplete.
fetch_wheel() {
  local name=$1 folder=$2 new=$2.new
  shift 2
  rm -rf "$new"
  mkdir -p "$new"
  echo "torch==$(wheel_field "$name" 2) --hash=sha256:$(wheel_field "$name" 3)" >"$new/requirements.txt"
  venv_pip download -q --require-hashes --no-deps --only-binary=:all: \
    --python-version 3.12 --platform manylinux_2_28_x86_64 -d "$new" -r "$new/requirements.txt"
  # shellcheck disable=SC2154 # lib.sh sets it
  "$deps/venv/bin/python" - "$new"/*.whl "$new" "$@" <<'PYTHON'
import sys
import zipfile

wheel, folder, *prefixes = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    for member in archive.namelist():
        if member.startswith(tuple(prefixes)):
            archive.extract(member, folder)
PYTHON
  rm "$new"/*.whl "$new/requirements.txt"
  wheel_field "$name" 3 >"$new/complete"
  rm -rf "$folder"
  mv "$new" "$folder"
}

# set_up_wheel NAME FOLDER PREFIX...: the same, unless it is done already.
set_up_wheel() {
  exec 9>"$deps/lock"
  flock 9 # of two simultaneous calls the second waits, and then finds everything done
  if [[ ! -f $2/complete || $(<"$2/complete") != "$(wheel_field "$1" 3)" ]]; then
    step "fetch libtorch $(wheel_field "$1" 2) for CUDA into ${2#"$root/"}" fetch_wheel "$@"
  fi
  exec 9>&-
}
