#pragma once
#include "headroom/image/picture_text.h"

#include <optional>
#include <string_view>

namespace headroom {

struct ReadPngText {
  std::optional<PictureText> text{};  // nothing when it is damaged or too long
  bool is_too_long = false;           // when unpacked; see kMaxTextBytes
};

// The text entry in a chunk of `type` tEXt, zTXt or iTXt. By the standard, keywords and values of
// tEXt and zTXt are Latin-1, but programs write UTF-8 and UTF-16 too, so all are tried. Readable
// texts after zero bytes become further lines.
[[nodiscard]] ReadPngText parse_png_text(std::string_view type, std::string_view data);

}  // namespace headroom
