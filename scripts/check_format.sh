#!/usr/bin/env bash
# Lists the C++ files that are not formatted by .clang-format, and changes nothing; exits with 1 if there are any.
# Needs clang-format 14, since other versions break lines in other places. CLANG_FORMAT names another program.
set -euo pipefail
cd "$(dirname "$0")/.."
clang_format=${CLANG_FORMAT:-clang-format-14}
if ! version=$("$clang_format" --version 2>/dev/null) || [[ $version != *" 14."* ]]; then
  echo "check_format.sh: clang-format 14 is missing (found: ${version:-none}); install the package clang-format-14" >&2
  exit 2
fi
# shellcheck disable=SC2016  # the inner shell expands $1 and $2
if ! git ls-files -z '*.cpp' '*.h' | xargs -0 -P "$(nproc)" -n 1 bash -c \
  '"$1" --dry-run --Werror "$2" >/dev/null 2>&1 || { echo "$2"; exit 1; }' check "$clang_format"; then
  echo "check_format.sh: these files are not formatted; clang-format-14 -i FILE does it" >&2
  exit 1
fi
