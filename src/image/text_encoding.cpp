#include "text_encoding.h"

#include "headroom/core/generation.h"

#include <algorithm>
#include <array>

namespace headroom {
namespace {

constexpr std::uint32_t kReplacement = 0xFFFD;

void append_utf8(std::string& out, std::uint32_t code) {
  const auto put = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0U | code >> 6);
    put(0x80U | (code & 0x3FU));
  } else if (code < 0x10000) {
    put(0xE0U | code >> 12);
    put(0x80U | (code >> 6 & 0x3FU));
    put(0x80U | (code & 0x3FU));
  } else {
    put(0xF0U | code >> 18);
    put(0x80U | (code >> 12 & 0x3FU));
    put(0x80U | (code >> 6 & 0x3FU));
    put(0x80U | (code & 0x3FU));
  }
}

std::uint32_t unit_at(std::string_view bytes, std::size_t i, bool big_endian) {
  const auto first = static_cast<unsigned char>(bytes[i]);
  const auto second = static_cast<unsigned char>(bytes[i + 1]);
  return big_endian ? first * 256U + second : second * 256U + first;
}

// The bytes 80 to 9F of Windows-1252 (WHATWG's Encoding, index windows-1252). In Latin-1 they are
// control characters, which no text contains. U+FFFD for the five without a character.
constexpr std::array<std::uint16_t, 32> kWindows1252{
    0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0xFFFD, 0x017D, 0xFFFD, 0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178};

std::string windows1252_to_utf8(std::string_view bytes) {
  std::string utf8;
  for (const char c : bytes) {
    const std::uint32_t code = static_cast<unsigned char>(c);
    append_utf8(utf8, code >= 0x80 && code < 0xA0 ? kWindows1252[code - 0x80] : code);
  }
  return utf8;
}

// The length in bytes of the UTF-8 character that begins with `lead`; 0 when none does.
std::size_t utf8_length(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  if (byte < 0x80) return 1;
  if (byte < 0xC2 || byte > 0xF4) return 0;
  return byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

// Text as UTF-8, with U+FFFD for invalid bytes.
struct Mended {
  std::string text{};
  std::size_t characters = 0;  // characters of several bytes
  std::size_t faults = 0;      // invalid bytes, not counting a last character that was cut

  // Now and then two letters of Latin-1 look like one character of UTF-8 (as the German "ß»"
  // does), but then the text also has letters that do not.
  [[nodiscard]] bool is_convincing() const {
    return characters > faults && faults <= 1 + characters / 8;
  }
};

Mended mend_utf8(std::string_view bytes) {
  Mended mended;
  while (!bytes.empty()) {
    const std::size_t length = utf8_length(bytes.front());
    if (length != 0 && length <= bytes.size() && is_valid_utf8(bytes.substr(0, length))) {
      mended.text += bytes.substr(0, length);
      mended.characters += length > 1 ? 1 : 0;
      bytes.remove_prefix(length);
      continue;
    }
    append_utf8(mended.text, kReplacement);
    const auto* const end = std::find_if(bytes.begin() + 1, bytes.end(), [](char c) {
      return (static_cast<unsigned char>(c) & 0xC0U) != 0x80;
    });
    const auto taken = static_cast<std::size_t>(end - bytes.begin());
    const bool is_cut = taken == bytes.size() && length > taken;
    mended.faults += is_cut ? 0 : 1;
    bytes.remove_prefix(length > 1 ? std::min(taken, length) : 1);
  }
  return mended;
}

// Counts characters below U+0100, of which most texts have some in the right byte order, whatever
// their language: blanks, digits and commas.
std::size_t count_plain(std::string_view bytes, bool big_endian) {
  std::size_t count = 0;
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    if (unit_at(bytes, i, big_endian) < 0x100) ++count;
  }
  return count;
}

}  // namespace

std::string text_as_utf8(std::string_view bytes) {
  if (!is_valid_utf8(bytes)) {
    const Mended mended = mend_utf8(bytes);
    return mended.is_convincing() ? mended.text : windows1252_to_utf8(bytes);
  }
  // Byte order mark with which some editors begin UTF-8.
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (bytes.starts_with(kMark)) bytes.remove_prefix(kMark.size());
  return std::string(bytes);
}

std::string utf8_of(std::uint32_t code) {
  std::string utf8;
  const bool is_character = code != 0 && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
  append_utf8(utf8, is_character ? code : kReplacement);
  return utf8;
}

std::string utf16_to_utf8(std::string_view bytes, bool big_endian_first) {
  bool big = big_endian_first;
  if (bytes.starts_with("\xFE\xFF") || bytes.starts_with("\xFF\xFE")) {
    big = bytes.front() == '\xFE';
    bytes.remove_prefix(2);
  } else {
    const std::size_t as_first = count_plain(bytes, big);
    if (count_plain(bytes, !big) > as_first) big = !big;
  }
  std::string utf8;
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    std::uint32_t code = unit_at(bytes, i, big);
    if (code >= 0xD800 && code <= 0xDBFF && i + 3 < bytes.size()) {
      const std::uint32_t low = unit_at(bytes, i + 2, big);
      if (low >= 0xDC00 && low <= 0xDFFF) {
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        i += 2;
      }
    }
    append_utf8(utf8, code >= 0xD800 && code <= 0xDFFF ? kReplacement : code);
  }
  return utf8;
}

}  // namespace headroom
