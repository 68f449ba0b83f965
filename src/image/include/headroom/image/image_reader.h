#pragma once
#include "headroom/core/image.h"

#include <filesystem>
#include <string>

namespace headroom {

// Decodes a PNG or JPEG to RGB, at most 16384 px a side: grey is expanded, transparent pixels are
// blended with white, 16 bits are reduced to 8, and the picture is turned as its EXIF block says.
// Throws Error{kIo}.
[[nodiscard]] Image read_image(const std::filesystem::path& file);
// A decoded picture and what else a start picture needs.
struct ImageFile {
  Image image;
  bool has_transparency = false;  // whether any pixel has it
  std::string sha256;             // of the file's bytes
};
// Throws Error{kIo}, like read_image().
[[nodiscard]] ImageFile read_image_file(const std::filesystem::path& file);
// A picture with its stored colours, even where pixels are transparent.
struct TransparentImage {
  Image image;
  GreyImage alpha;     // 255 is opaque; empty when all pixels are
  std::string sha256;  // of the file's bytes
};
// Throws Error{kIo}, like read_image().
[[nodiscard]] TransparentImage read_transparent_image(const std::filesystem::path& file);

}  // namespace headroom
