#include "png_text.h"

#include "headroom/core/generation.h"

#include "text_encoding.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace headroom {
namespace {

// Takes the bytes before the next zero byte off `rest`; nothing when there is no zero byte.
std::optional<std::string_view> take_string(std::string_view& rest) {
  const std::size_t end = rest.find('\0');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view taken = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return taken;
}

// Whether text is in UTF-16: with its mark, or with zero bytes in every other place alone, which
// most of it has, as Latin letters, digits and blanks do. A text with one zero byte is not.
bool is_utf16(std::string_view bytes) {
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) return true;
  std::array<std::size_t, 2> zeros{};
  for (std::size_t i = 0; i < bytes.size(); ++i) zeros[i % 2] += bytes[i] == '\0' ? 1 : 0;
  const std::size_t units = bytes.size() / 2;
  return bytes.size() % 2 == 0 && units > 1 && std::min(zeros[0], zeros[1]) == 0 &&
         2 * std::max(zeros[0], zeros[1]) > units;
}

// Whether it can be meant to be read; what a buffer held behind a text rarely is.
bool is_readable(std::string_view bytes) {
  return is_valid_utf8(bytes) && std::ranges::none_of(bytes, [](char c) {
           return (c >= 0 && c < ' ' && c != '\t' && c != '\n' && c != '\r') || c == '\x7f';
         });
}

// Some writers count in the zero byte that ends a text in C, and what a buffer held behind it;
// others put texts one after the other with zero bytes between, which become lines.
std::string without_zeros(std::string_view bytes) {
  std::string text;
  while (!bytes.empty()) {
    const std::string_view part = bytes.substr(0, bytes.find('\0'));
    bytes.remove_prefix(std::min(part.size() + 1, bytes.size()));
    if (part.empty()) continue;
    if (!text.empty() && !is_readable(part)) break;
    text += (text.empty() ? "" : "\n") + text_as_utf8(part);
    if (text.starts_with('{') && text.ends_with('}')) break;  // an object is whole by itself
  }
  return text;
}

std::string read_value(std::string_view bytes) {
  const std::size_t last = bytes.find_last_not_of('\0');
  const bool has_zeros = bytes.substr(0, last + 1).find('\0') != std::string_view::npos;
  const bool has_mark = bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF");
  if (!(has_zeros || has_mark) || !is_utf16(bytes)) return without_zeros(bytes);
  std::string text = utf16_to_utf8(bytes, /*big_endian_first=*/true);
  text.erase(std::min(text.find('\0'), text.size()));
  return text;
}

// Sets the value of `entry` to `bytes`, unpacking them if they are `packed`.
ReadPngText with_value(PictureText entry, std::string_view bytes, bool packed) {
  if (!packed) {
    entry.value = read_value(bytes);
    return {std::move(entry)};
  }
  const Inflated inflated = inflate_text(bytes);
  if (inflated.fault != Inflated::Fault::kNone)
    return {.is_too_long = inflated.fault == Inflated::Fault::kTooLong};
  entry.value = read_value(inflated.text);
  return {std::move(entry)};
}

ReadPngText parse_ztxt(std::string_view keyword, std::string_view data) {
  if (data.empty() || data.front() != '\0') return {};  // method 0 is zlib
  return with_value({text_as_utf8(keyword), {}, false}, data.substr(1), /*packed=*/true);
}

ReadPngText parse_itxt(std::string_view keyword, std::string_view data) {
  if (data.size() < 2) return {};
  const bool packed = data[0] != '\0';
  data.remove_prefix(2);  // flag and method
  const auto language = take_string(data);
  const auto translated = take_string(data);
  if (!language || !translated) return {};
  return with_value({text_as_utf8(keyword), {}, true}, data, packed);
}

}  // namespace

ReadPngText parse_png_text(std::string_view type, std::string_view data) {
  const auto keyword = take_string(data);
  if (!keyword) return {};
  if (type == "zTXt") return parse_ztxt(*keyword, data);
  if (type == "iTXt") return parse_itxt(*keyword, data);
  return with_value({text_as_utf8(*keyword), {}, false}, data, /*packed=*/false);
}

}  // namespace headroom
