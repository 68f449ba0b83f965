#pragma once
#include "headroom/image/picture_formats.h"
#include "headroom/image/picture_info.h"

#include <filesystem>
#include <string_view>

namespace headroom {

// PNG (ISO 15948): its size and its text chunks.
[[nodiscard]] bool is_png(std::string_view bytes);
void read_png_info(const std::filesystem::path& file, std::string_view bytes, PictureInfo& info);
[[nodiscard]] Orientation read_png_orientation(std::string_view bytes);

}  // namespace headroom
