#include "png_text.h"

#include "headroom/core/generation.h"

#include "text_encoding.h"

#include <string>
#include <utility>

namespace headroom {
namespace {

// Takes what is before the next zero byte off `rest`; nothing when there is no zero byte.
std::optional<std::string_view> take_string(std::string_view& rest) {
  const std::size_t end = rest.find('\0');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view taken = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return taken;
}

std::optional<PngText> parse_ztxt(std::string_view keyword, std::string_view data) {
  if (data.empty() || data.front() != '\0') return std::nullopt;  // method 0 is zlib
  const auto text = inflate_text(data.substr(1));
  if (!text) return std::nullopt;
  return PngText{utf8_or_latin1(keyword), utf8_or_latin1(*text), false};
}

std::optional<PngText> parse_itxt(std::string_view keyword, std::string_view data) {
  if (data.size() < 2) return std::nullopt;
  const bool compressed = data[0] != '\0';
  data.remove_prefix(2);  // flag and method
  const auto language = take_string(data);
  const auto translated = take_string(data);
  if (!language || !translated) return std::nullopt;
  std::optional<std::string> text(data);
  if (compressed) text = inflate_text(data);
  if (!text) return std::nullopt;
  return PngText{utf8_or_latin1(keyword), utf8_or_latin1(*text), true};
}

}  // namespace

std::optional<PngText> parse_png_text(std::string_view type, std::string_view data) {
  const auto keyword = take_string(data);
  if (!keyword) return std::nullopt;
  if (type == "zTXt") return parse_ztxt(*keyword, data);
  if (type == "iTXt") return parse_itxt(*keyword, data);
  return PngText{utf8_or_latin1(*keyword), utf8_or_latin1(data), false};
}

}  // namespace headroom
