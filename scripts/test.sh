#!/usr/bin/env bash
# The whole check: source format; the queue under ThreadSanitizer; the rooms without torch under AddressSanitizer and
# UBSan, with clang-tidy and by fuzzing; then all tests, including those on the stand-in GPU. Ends with ctest's summary
# of the last part.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Tests that need a window start their own display and must not use the developer's.
unset DISPLAY WAYLAND_DISPLAY

# ThreadSanitizer of older compilers fails with the address randomisation of newer kernels.
with_fixed_addresses() {
  if setarch "$(uname -m)" -R true 2>/dev/null; then
    setarch "$(uname -m)" -R "$@"
  else
    "$@"
  fi
}

# The build runs the test program, too, to list its tests.
build_for_thread_sanitizer() {
  (cd "$root" && with_fixed_addresses cmake --build --preset tsan -j "$(build_jobs)" \
    --target engine_test)
}

run_tests() {
  local preset=$1
  shift
  (cd "$root" && with_fixed_addresses ctest --preset "$preset" "$@")
}

step "setup" "$root/scripts/check_fake_card.sh" --fetch
use_build_tools
step "check the format of the sources" "$root/scripts/check_format.sh"
step "configure tsan" configure tsan
step "build the queue's tests under ThreadSanitizer" build_for_thread_sanitizer
step "test the queue under ThreadSanitizer" run_tests tsan -R '^engine/'
step "configure asan" configure asan
step "build the rooms without torch under AddressSanitizer" build asan
step "test the rooms without torch under AddressSanitizer" run_tests asan
step "fuzz the readers of weight files and pictures for a minute" "$root/scripts/fuzz.sh" 60
step "configure dev" configure dev
step "build everything" build dev
step "check the rooms without torch with clang-tidy" "$root/scripts/check_tidy.sh"
print_step_times
say "==> test everything"
cd "$root"
exec ctest --preset dev
