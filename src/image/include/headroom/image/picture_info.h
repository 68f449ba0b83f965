#pragma once
#include "headroom/core/message.h"
#include "headroom/image/png_writer.h"

#include <filesystem>
#include <string>
#include <vector>

namespace headroom {

// What a picture file says about itself, whichever program wrote it. Nothing in a text entry is an
// error: what cannot be read stays text.
struct PictureInfo {
  int width = 0;  // px, as the header says; 0 when it says nothing
  int height = 0;
  std::vector<PngText> texts;     // in order; of EXIF and XMP: "UserComment", ...
  std::vector<Message> problems;  // "a text entry is damaged ...", one for each left out
};

// Reads a PNG (tEXt, zTXt, iTXt, eXIf), a JPEG (EXIF, XMP, comments) or a WebP picture (EXIF, XMP).
// Throws Error{kIo} when the file cannot be read, is none of these, or ends too early to say
// anything.
[[nodiscard]] PictureInfo read_picture_info(const std::filesystem::path& file);

}  // namespace headroom
