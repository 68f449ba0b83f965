#pragma once
#include "headroom/image/picture_info.h"

#include <filesystem>
#include <string_view>

namespace headroom {

// WebP (RFC 9649): its size, EXIF and XMP.
[[nodiscard]] bool is_webp(std::string_view bytes);
void read_webp_info(const std::filesystem::path& file, std::string_view bytes, PictureInfo& info);

}  // namespace headroom
