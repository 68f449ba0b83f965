#pragma once
#include "headroom/core/message.h"
#include "headroom/image/png_writer.h"
#include "headroom/image/settings.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace headroom {

// What a picture file says about itself, whichever program wrote it. Nothing in a text entry is an
// error: what cannot be read stays text.
struct PictureInfo {
  int width = 0;  // px, as the header says; 0 when it says nothing
  int height = 0;
  std::vector<PngText> texts;            // in order; of EXIF and XMP: "UserComment", ...
  std::vector<Message> problems;         // "a text entry is damaged ...", one for each left out
  std::optional<ReadSettings> settings;  // nothing when no text tells how the picture was made
};

// Reads a PNG (tEXt, zTXt, iTXt, eXIf), a JPEG (EXIF, XMP, comments) or a WebP picture (EXIF, XMP).
// Throws Error{kIo} when the file cannot be read, is none of these, or ends too early to say
// anything.
[[nodiscard]] PictureInfo read_picture_info(const std::filesystem::path& file);

// How the picture with these texts was made: by this program's own entry, else by the last entry
// that a known program writes, else by all of them when each is one setting. Nothing when none can
// be read.
[[nodiscard]] std::optional<ReadSettings> find_settings(const std::vector<PngText>& texts);

}  // namespace headroom
