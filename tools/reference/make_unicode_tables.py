#!/usr/bin/env python3
"""Writes src/text/unicode_tables.h: the Unicode facts of the reference tokenizer as constexpr ranges.

    make_unicode_tables.py [UNICODE_JSON] > src/text/unicode_tables.h

UNICODE_JSON is the `unicode` group of make_fixtures.py (default: the one in tests/data): what \\p{L}, \\p{N} and \\s
match in the reference, and which combining marks its older NFC tables do not know.
"""
import json
import sys
import unicodedata

from fixtures import unpacked



def ranges_of(codes):
    """Sorted code points as inclusive ranges."""
    ranges = []
    for code in sorted(codes):
        if ranges and code == ranges[-1][1] + 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return ranges


def table(name, comment, ranges):
    lines = ["// " + comment, "inline constexpr CodePointRange %s[] = {" % name]
    line = "   "
    for first, last in ranges:
        item = " {0x%X, 0x%X}," % (first, last)
        if len(line) + len(item) > 100:
            lines.append(line)
            line = "   "
        line += item
    return "\n".join(lines + [line.rstrip(","), "};", ""])


def main():
    default = unpacked() / "tiny" / "expected" / "unicode.json"
    with open(sys.argv[1] if len(sys.argv) > 1 else default, encoding="utf-8") as file:
        facts = json.load(file)
    # The fixture lists the marks that the reference lacks *relative to* this version of the Unicode data.
    if "Unicode %s)" % unicodedata.unidata_version not in facts["about"]:
        sys.exit("this Python has Unicode %s, the fixture was made with another version" % unicodedata.unidata_version)
    inert = set(facts["nfc_inert_marks"])
    marks = [c for c in range(0x110000) if unicodedata.combining(chr(c)) and c not in inert]
    print("// Made by tools/reference/make_unicode_tables.py; do not edit.\n#pragma once\n#include <cstdint>\n")
    print("namespace headroom {\n\n// Inclusive; each table is sorted and free of overlaps.")
    print("struct CodePointRange {\n  std::uint32_t first;\n  std::uint32_t last;\n};\n\n// clang-format off")
    print(table("kLetterRanges", "\\p{L} of Unicode 16.", facts["L"]))
    print(table("kNumberRanges", "\\p{N} of Unicode 16.", facts["N"]))
    print(table("kSpaceRanges", "\\s", facts["S"]))
    print(table("kReorderingMarkRanges", "Combining marks (class not 0) that the reference's NFC, of Unicode 9, reorders.",
                ranges_of(marks)))
    print("// clang-format on\n\n}  // namespace headroom")


main()
