# Shared by the scripts of this folder; sourced, not run. Everything it prints goes to stderr, so that
# a script's stdout stays the program's.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
deps=$root/.deps
stamps=$deps/stamps
# shellcheck disable=SC2034 # setup.sh reads it
lock_file=$root/third_party/versions.lock

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "error: $*"
  exit 1
}

# Milliseconds of a clock with an arbitrary start.
now_ms() {
  local now=${EPOCHREALTIME/[.,]/}
  echo $((now / 1000))
}

# step LABEL COMMAND...: prints LABEL, runs the command, and prints how long it took. The command is not
# part of a condition, so that errexit works inside it.
step_times=()
step() {
  local label=$1 start took
  shift
  say "==> $label"
  start=$(now_ms)
  "$@" >&2
  took=$(($(now_ms) - start))
  step_times+=("$(printf '%6d.%01d s  %s' $((took / 1000)) $((took % 1000 / 100)) "$label")")
  say "    done in $((took / 1000)).$((took % 1000 / 100)) s: $label"
}

print_step_times() {
  ((${#step_times[@]})) || return 0
  say "Times:"
  printf '%s\n' "${step_times[@]}" >&2
}

# The number of parallel compilers: JOBS if set, else one for each 2 GB of free memory, at most one for
# each core. Compiling a torch source takes more than a gigabyte, and swapping is slower than waiting.
build_jobs() {
  local available_kb jobs processors
  if [[ -n ${JOBS:-} ]]; then
    echo "$JOBS"
    return
  fi
  processors=$(nproc)
  available_kb=$(awk '/^MemAvailable:/ {print $2}' /proc/meminfo)
  jobs=$((available_kb / (2 * 1024 * 1024)))
  ((jobs >= 1)) || jobs=1
  ((jobs <= processors)) || jobs=$processors
  echo "$jobs"
}

# version_at_least HAVE WANT: both are dotted numbers.
version_at_least() {
  [[ $(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1) == "$2" ]]
}

# Prints a line that changes with any file that the program and its checks are built from. Does not use
# git, since a borrowed machine may have only the files.
sources_of_program() {
  (cd "$root" && find CMakeLists.txt CMakePresets.json src tests/fake_card third_party -type f -not -name '*.md' -print0 |
    LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d ' ' -f 1)
}

# Whether the system's cmake (3.25 or later, for the presets) and ninja can be used.
system_has_build_tools() {
  local cmake_version
  command -v ninja >/dev/null && command -v cmake >/dev/null || return 1
  ninja --version >/dev/null 2>&1 || return 1
  cmake_version=$(cmake --version 2>/dev/null | sed -n '1s/^cmake version \([0-9.]*\).*/\1/p')
  [[ -n $cmake_version ]] && version_at_least "$cmake_version" 3.25
}

# g++ before 12 lacks C++20 parts that the program uses; g++-12 stands in for it.
system_compiler_will_do() {
  command -v g++ >/dev/null && (($(g++ -dumpversion | cut -d. -f1) >= 12))
}

# Sets PATH and CXX for the build.
use_build_tools() {
  if [[ -x $deps/venv/bin/cmake && -x $deps/venv/bin/ninja ]]; then
    PATH=$deps/venv/bin:$PATH
  fi
  if [[ -z ${CXX:-} ]] && ! system_compiler_will_do; then
    export CXX=g++-12 CC=gcc-12
  fi
}

# configure PRESET: only if that was not done since setup last fetched something. Ninja notices later
# changes of CMake files.
configure() {
  local preset=$1 build_file=$root/build/$1/build.ninja stamp
  if [[ -f $build_file ]]; then
    for stamp in "$stamps"/*; do
      [[ $stamp -nt $build_file ]] || continue
      # CMake's cache has paths into the environment that was replaced.
      (cd "$root" && cmake --preset "$preset" --fresh)
      return
    done
    return 0
  fi
  (cd "$root" && cmake --preset "$preset")
}

# build PRESET [TARGET...]
build() {
  local preset=$1
  shift
  (cd "$root" && cmake --build --preset "$preset" -j "$(build_jobs)" ${1:+--target "$@"})
}

# Runs pip of the environment that setup.sh made.
venv_pip() { "$deps/venv/bin/python" -m pip --disable-pip-version-check "$@"; }
