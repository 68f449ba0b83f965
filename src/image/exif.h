#pragma once
#include "headroom/image/png_writer.h"

#include <string_view>
#include <vector>

namespace headroom {

// The texts of an EXIF block (a TIFF structure, with or without "Exif\0\0" before it): UserComment,
// ImageDescription, Make, Model and Software, where image generators put their settings. What is
// damaged is left out.
[[nodiscard]] std::vector<PngText> read_exif_texts(std::string_view exif);

}  // namespace headroom
