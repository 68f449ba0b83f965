# For scripts that run the program; sourced after lib.sh.
# shellcheck shell=bash

# Sets `program` to the release program and builds it if necessary. HEADROOM_PROGRAM names another program
# to use, without building.
need_program() {
  if [[ -n ${HEADROOM_PROGRAM:-} ]]; then
    program=$HEADROOM_PROGRAM
    export -n HEADROOM_PROGRAM # the program reads HEADROOM_ variables as settings
    [[ -x $program ]] || fail "HEADROOM_PROGRAM is $program, which is no program"
    return 0
  fi
  # shellcheck disable=SC2154 # lib.sh sets it
  program=$root/build/release/bin/headroom
  "$root/scripts/setup.sh" "$@"
  use_build_tools
  step "configure release" configure release
  step "build release" build release
}

# need_tools PACKAGE COMMAND...: fails with the package to install if a command is missing.
need_tools() {
  local package=$1 tool
  shift
  for tool in "$@"; do
    command -v "$tool" >/dev/null || fail "$tool is missing; install the package $package"
  done
}
