#pragma once
#include "headroom/image/picture_formats.h"
#include "headroom/image/picture_text.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace headroom {

// The texts of an EXIF block (a TIFF structure, with or without "Exif\0\0" before it): UserComment,
// ImageDescription, Make, Model and Software, where image generators put their settings.
struct ExifTexts {
  std::vector<PictureText> texts;
  bool is_damaged = false;  // an offset leads beyond the end, so something is missing here
};
[[nodiscard]] ExifTexts read_exif_texts(std::string_view exif);
// What the first directory of such a block says; a damaged block says nothing.
[[nodiscard]] Orientation read_exif_orientation(std::string_view exif);

// The EXIF block in a text entry "Raw profile type exif" or "... APP1", as ImageMagick writes it:
// a name, a length and the bytes in hexadecimal digits. Nothing for other and for damaged entries.
[[nodiscard]] std::optional<std::string> read_raw_profile(const PictureText& text);

}  // namespace headroom
