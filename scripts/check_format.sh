#!/usr/bin/env bash
# Names the C++ files that are not formatted as .clang-format asks, and changes nothing; exit 1 when there are any.
# Needs clang-format 14: other versions break lines elsewhere. CLANG_FORMAT names another program.
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
