#pragma once
#include "headroom/image/png_writer.h"

#include <optional>
#include <string_view>

namespace headroom {

// The text entry in a chunk of `type` tEXt, zTXt or iTXt; nothing when it is damaged. Keywords and
// values of tEXt and zTXt ought to be Latin-1, but programs write UTF-8 all the same.
[[nodiscard]] std::optional<PngText> parse_png_text(std::string_view type, std::string_view data);

}  // namespace headroom
