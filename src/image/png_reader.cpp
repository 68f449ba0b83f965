#include "headroom/core/error.h"
#include "headroom/core/generation.h"
#include "headroom/image/png_writer.h"

#include "file_io.h"
#include "png_chunks.h"

#include <utility>

namespace headroom {
namespace {

[[noreturn]] void refuse(const std::filesystem::path& file, const std::string& what) {
  throw Error(ErrorKind::kInvalidRequest, file.string() + ": " + what);
}

// Takes what is before the next zero byte off `rest`; nothing when there is no zero byte.
std::optional<std::string_view> take_string(std::string_view& rest) {
  const std::size_t end = rest.find('\0');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view taken = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return taken;
}

std::optional<PngText> parse_text(std::string_view data) {
  const auto keyword = take_string(data);
  if (!keyword) return std::nullopt;
  return PngText{latin1_to_utf8(*keyword), latin1_to_utf8(data), false};
}

// The outer optional: is it well-formed; the inner one: is it a kind that is read here.
std::optional<std::optional<PngText>> parse_itxt(std::string_view data) {
  const auto keyword = take_string(data);
  if (!keyword || data.size() < 2) return std::nullopt;
  const bool compressed = data[0] != '\0';
  data.remove_prefix(2);  // flag and method
  const auto language = take_string(data);
  const auto translated = take_string(data);
  if (!language || !translated) return std::nullopt;
  if (compressed) return std::optional<PngText>();
  if (!is_valid_utf8(data)) return std::nullopt;
  return PngText{latin1_to_utf8(*keyword), std::string(data), true};
}

}  // namespace

std::vector<PngText> read_png_texts(const std::filesystem::path& file) {
  const std::string bytes = read_whole_file(file);
  std::string_view rest = bytes;
  if (!rest.starts_with(kPngSignature))
    refuse(file, "this is not a PNG file; choose a PNG picture");
  rest.remove_prefix(kPngSignature.size());

  std::vector<PngText> texts;
  while (true) {
    constexpr std::size_t kAround = 12;  // length, type, CRC
    if (rest.size() < kAround || rest.size() - kAround < read_u32(rest)) {
      refuse(file, "the PNG ends too early, so it is damaged; use another copy");
    }
    const std::size_t length = read_u32(rest);
    const std::string_view type = rest.substr(4, 4);
    const std::string_view data = rest.substr(8, length);
    if (type == "tEXt" || type == "iTXt") {
      bool sound = crc32(rest.substr(4, 4 + length)) == read_u32(rest.substr(8 + length));
      std::optional<PngText> text;
      if (sound && type == "tEXt") {
        text = parse_text(data);
        sound = text.has_value();
      } else if (sound) {
        auto parsed = parse_itxt(data);
        sound = parsed.has_value();
        if (parsed) text = std::move(*parsed);
      }
      if (!sound) refuse(file, "a text entry of the PNG is damaged; use another copy");
      if (text) texts.push_back(std::move(*text));
    }
    if (type == "IEND") return texts;
    rest.remove_prefix(kAround + length);
  }
}

}  // namespace headroom
