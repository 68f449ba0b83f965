#!/usr/bin/env bash
# Names the C++ files that are not formatted as .clang-format asks, and changes nothing; exit 1 when there are any.
# Needs clang-format 14, as Debian 12 has it: other versions break lines elsewhere. CLANG_FORMAT names another program.
set -euo pipefail
cd "$(dirname "$0")/.."
clang_format=${CLANG_FORMAT:-clang-format}
if ! version=$("$clang_format" --version 2>/dev/null) || [[ $version != *" 14."* ]]; then
  echo "check_format.sh: clang-format 14 is missing (found: ${version:-none}); install the package clang-format" >&2
  exit 2
fi
mapfile -t files < <(git ls-files '*.cpp' '*.h')
wrong=0
for file in "${files[@]}"; do
  if ! "$clang_format" --dry-run --Werror "$file" >/dev/null 2>&1; then
    echo "$file"
    wrong=1
  fi
done
if ((wrong)); then echo "check_format.sh: these files are not formatted; clang-format -i FILE does it" >&2; fi
exit "$wrong"
