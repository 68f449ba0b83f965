#pragma once
#include "headroom/core/message.h"
#include "headroom/image/picture_text.h"

#include <filesystem>
#include <string>
#include <vector>

namespace headroom {

// What a picture file says about itself, whichever program wrote it. No text is an error: one that
// cannot be interpreted stays text.
struct PictureInfo {
  int width = 0;  // px as shown, from the header; 0 when that does not say
  int height = 0;
  // In order; those of EXIF and XMP have keywords such as "UserComment".
  std::vector<PictureText> texts;
  // Empty: read_image() can decode it, unless its pixels are damaged.
  Message why_no_pixels;
  std::vector<Message> problems;  // "a text entry is damaged ...", one for each that was left out
};

// Reads a PNG (tEXt, zTXt, iTXt, eXIf), a JPEG (EXIF, XMP, comments) or a WebP picture (EXIF, XMP).
// Throws Error{kIo} when the file cannot be read, is none of these, or ends too early to say
// anything.
[[nodiscard]] PictureInfo read_picture_info(const std::filesystem::path& file);

}  // namespace headroom
