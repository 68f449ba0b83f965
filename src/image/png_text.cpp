#include "png_text.h"

#include "headroom/core/generation.h"

#include "text_encoding.h"

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

// Without the zero byte that ends a text in C, and what a buffer held behind it: some writers count
// them in. UTF-16 has zero bytes of its own.
std::string_view up_to_zero(std::string_view bytes) {
  constexpr std::size_t kFirstCharacters = 4;
  const bool has_mark = bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF");
  const std::size_t end = bytes.find('\0');
  return has_mark || end < kFirstCharacters ? bytes : bytes.substr(0, end);
}

// Sets the value of `entry` to `bytes`, unpacking them if they are `packed`.
ReadPngText with_value(PictureText entry, std::string_view bytes, bool packed) {
  if (!packed) {
    entry.value = text_as_utf8(up_to_zero(bytes));
    return {std::move(entry)};
  }
  const Inflated inflated = inflate_text(bytes);
  if (inflated.fault != Inflated::Fault::kNone)
    return {.is_too_long = inflated.fault == Inflated::Fault::kTooLong};
  entry.value = text_as_utf8(up_to_zero(inflated.text));
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
