#pragma once
#include "headroom/image/picture_formats.h"
#include "headroom/image/picture_info.h"

#include <filesystem>
#include <string_view>

namespace headroom {

// JPEG (ISO 10918-1): its size, EXIF, XMP and comments.
[[nodiscard]] bool is_jpeg(std::string_view bytes);
void read_jpeg_info(const std::filesystem::path& file, std::string_view bytes, PictureInfo& info);
[[nodiscard]] Orientation read_jpeg_orientation(std::string_view bytes);

}  // namespace headroom
