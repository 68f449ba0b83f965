#include "text_encoding.h"

#include "headroom/core/generation.h"

#include "png_chunks.h"

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

// Most texts hold blanks, digits and commas, whatever their language.
std::size_t count_plain(std::string_view bytes, bool big_endian) {
  std::size_t count = 0;
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    if (unit_at(bytes, i, big_endian) < 0x100) ++count;
  }
  return count;
}

}  // namespace

std::string utf8_or_latin1(std::string_view bytes) {
  if (!is_valid_utf8(bytes)) return latin1_to_utf8(bytes);
  constexpr std::string_view kMark = "\xEF\xBB\xBF";  // that it is UTF-8, as some editors begin
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
