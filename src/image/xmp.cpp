#include "xmp.h"

#include "text_encoding.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace headroom {
namespace {

struct Property {
  const char* name;
  const char* keyword;
};
constexpr std::array<Property, 4> kProperties{{{"exif:UserComment", "UserComment"},
                                               {"dc:description", "Description"},
                                               {"tiff:ImageDescription", "ImageDescription"},
                                               {"xmp:CreatorTool", "Software"}}};

// The text between the first `open` and the first `close` after it; nothing if either is missing.
std::optional<std::string_view> between(std::string_view text, std::string_view open,
                                        std::string_view close) {
  const std::size_t at = text.find(open);
  if (at == std::string_view::npos) return std::nullopt;
  text.remove_prefix(at + open.size());
  const std::size_t end = text.find(close);
  if (end == std::string_view::npos) return std::nullopt;
  return text.substr(0, end);
}

// The content of the first element called `name`, whatever attributes it has.
std::optional<std::string_view> element(std::string_view text, const std::string& name) {
  for (std::size_t at = text.find("<" + name); at != std::string_view::npos;
       at = text.find("<" + name, at + 1)) {
    std::string_view rest = text.substr(at + 1 + name.size());
    const std::size_t end = rest.find('>');
    if (end == std::string_view::npos) return std::nullopt;
    const bool is_it = end == 0 || std::string_view(" \t\r\n/").find(rest[0]) != std::string::npos;
    if (!is_it) continue;  // another name that begins the same
    if (end > 0 && rest[end - 1] == '/') return std::string_view();
    rest.remove_prefix(end + 1);
    const std::size_t close = rest.find("</" + name);
    if (close == std::string_view::npos) return std::nullopt;
    return rest.substr(0, close);
  }
  return std::nullopt;
}

// "&lt;", "&#20013;", "&#x4E2D;" -> the character; text that is no entity stays.
std::string decoded(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, char>, 5> kNamed{
      {{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"quot", '"'}, {"apos", '\''}}};
  constexpr std::size_t kMaxLength = 10;
  std::string result;
  while (!text.empty()) {
    const std::size_t end = text.front() == '&' ? text.substr(0, kMaxLength).find(';') : 0;
    const std::string_view name =
        end > 0 && end != std::string_view::npos ? text.substr(1, end - 1) : std::string_view();
    std::string character;
    for (const auto& [known, value] : kNamed) {
      if (name == known) character = value;
    }
    if (name.starts_with('#')) {
      const bool hex = name.starts_with("#x");
      const std::string_view digits = name.substr(hex ? 2 : 1);
      std::uint32_t code = 0;
      const auto read =
          std::from_chars(digits.data(), digits.data() + digits.size(), code, hex ? 16 : 10);
      if (read.ec == std::errc() && read.ptr == digits.data() + digits.size())
        character = utf8_of(code);
    }
    result += character.empty() ? std::string(1, text.front()) : character;
    text.remove_prefix(character.empty() ? 1 : end + 1);
  }
  return result;
}

// An element's text; of a list, such as one per language, the first item.
std::string text_of(std::string_view content) {
  if (const auto item = element(content, "rdf:li")) content = *item;
  if (const auto data = between(content, "<![CDATA[", "]]>")) return std::string(*data);
  return decoded(content);
}

}  // namespace

std::vector<PictureText> read_xmp_texts(std::string_view packet) {
  std::vector<PictureText> texts;
  for (const Property& property : kProperties) {
    std::string text;
    if (const auto content = element(packet, property.name)) {
      text = text_of(*content);
    } else if (const auto value = between(packet, std::string(property.name) + "=\"", "\"")) {
      text = decoded(*value);
    }
    if (!text.empty()) texts.push_back({property.keyword, text_as_utf8(text), false});
  }
  if (texts.empty() && !packet.empty()) texts.push_back({"XMP", text_as_utf8(packet), false});
  return texts;
}

}  // namespace headroom
