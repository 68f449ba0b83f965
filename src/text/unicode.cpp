#include "unicode.h"

#include "unicode_tables.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <vector>

#include <utf8proc.h>

namespace headroom {
namespace {

template <std::size_t N>
bool contains(const CodePointRange (&ranges)[N], char32_t code) {
  const auto* after = std::upper_bound(
      std::begin(ranges), std::end(ranges), code,
      [](char32_t wanted, const CodePointRange& range) { return wanted < range.first; });
  return after != std::begin(ranges) && code <= std::prev(after)->last;
}

// Blocks that were empty in Unicode 9 and now have characters with canonical decompositions:
// Todhri, Tulu-Tigalari, Dives Akuru, Gurung Khema, Kirat Rai.
constexpr CodePointRange kBlocksWithNewCompositions[] = {{0x105C0, 0x105FF},
                                                         {0x11380, 0x113FF},
                                                         {0x11900, 0x1195F},
                                                         {0x16100, 0x1613F},
                                                         {0x16D40, 0x16D7F}};

int combining_class(std::int32_t code) { return utf8proc_get_property(code)->combining_class; }

// Whether the reference's normalisation neither changes, moves nor joins this character, though
// utf8proc might.
bool is_inert(char32_t code) {
  // A vowel that utf8proc 2.8 drops, taking it for the empty trailing consonant.
  if (code == 0x11A7) return true;
  if (contains(kBlocksWithNewCompositions, code)) return true;
  return combining_class(static_cast<std::int32_t>(code)) != 0 &&
         !contains(kReorderingMarkRanges, code);
}

// Sorts each run of marks by class. utf8proc does so too, but in quadratic time: a prompt full of
// marks would block the program for seconds. For sorted runs it needs one pass.
void sort_marks(std::vector<std::int32_t>& codes) {
  const auto is_mark = [](std::int32_t code) { return combining_class(code) != 0; };
  for (auto run = codes.begin(); run != codes.end();) {
    run = std::find_if(run, codes.end(), is_mark);
    const auto end = std::find_if_not(run, codes.end(), is_mark);
    std::stable_sort(run, end, [](std::int32_t a, std::int32_t b) {
      return combining_class(a) < combining_class(b);
    });
    run = end;
  }
}

void append_utf8(std::int32_t code, std::string& out) {
  std::array<std::uint8_t, 4> bytes{};
  const auto count = utf8proc_encode_char(code, bytes.data());
  out.append(bytes.begin(), bytes.begin() + count);
}

// Appends the composed form of the decomposed `codes` to `out` and empties them.
void flush(std::vector<std::int32_t>& codes, std::string& out) {
  sort_marks(codes);
  const auto count =
      utf8proc_normalize_utf32(codes.data(), static_cast<utf8proc_ssize_t>(codes.size()),
                               static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
  for (utf8proc_ssize_t i = 0; i < count; ++i) {
    append_utf8(codes[static_cast<std::size_t>(i)], out);
  }
  codes.clear();
}

}  // namespace

bool is_letter(char32_t code) {
  if (code < 0x80) return (code | 0x20) >= 'a' && (code | 0x20) <= 'z';
  return contains(kLetterRanges, code);
}

bool is_number(char32_t code) {
  if (code < 0x80) return code >= '0' && code <= '9';
  return contains(kNumberRanges, code);
}

bool is_space(char32_t code) { return contains(kSpaceRanges, code); }

char32_t next_code_point(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) {
    return static_cast<char32_t>(static_cast<unsigned char>(text[i]));
  };
  const char32_t lead = byte(at++);
  if (lead < 0x80) return lead;
  const int more = lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
  char32_t code = lead & (0x3FU >> more);
  for (int i = 0; i < more; ++i) code = code << 6 | (byte(at++) & 0x3FU);
  return code;
}

std::string to_nfc(std::string_view text) {
  // Every character below U+0300 (lead byte 0xCC) is its own normal form.
  const auto is_stable = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0xCC;
  };
  if (std::all_of(text.begin(), text.end(), is_stable)) return std::string(text);

  std::string out;
  out.reserve(text.size());
  std::vector<std::int32_t> pending;  // decomposed characters since the last inert one
  for (std::size_t at = 0; at < text.size();) {
    const char32_t code = next_code_point(text, at);
    if (is_inert(code)) {
      flush(pending, out);
      append_utf8(static_cast<std::int32_t>(code), out);
      continue;
    }
    std::array<std::int32_t, 8> parts{};  // a canonical decomposition has at most four
    const auto count =
        utf8proc_decompose_char(static_cast<std::int32_t>(code), parts.data(), parts.size(),
                                static_cast<utf8proc_option_t>(UTF8PROC_DECOMPOSE), nullptr);
    pending.insert(pending.end(), parts.begin(), parts.begin() + count);
  }
  flush(pending, out);
  return out;
}

}  // namespace headroom
