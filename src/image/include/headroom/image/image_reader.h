#pragma once
#include "headroom/core/image.h"

#include <filesystem>
#include <string>

namespace headroom {

// Decodes a PNG or JPEG to RGB (grey expanded, alpha dropped on white, 16 bits cut to 8, EXIF
// orientation not applied), at most 16384 px a side. Throws Error{kIo}.
[[nodiscard]] Image read_image(const std::filesystem::path& file);
// The same with what a picture to start from needs besides.
struct ImageFile {
  Image image;
  bool has_transparency = false;  // a pixel of it
  std::string sha256;             // of the file's bytes
};
[[nodiscard]] ImageFile read_image_file(const std::filesystem::path& file);
// The same with the colours as they are stored, also below transparent pixels.
struct TransparentImage {
  Image image;
  GreyImage alpha;     // 255 is opaque; of no size where every pixel is that
  std::string sha256;  // of the file's bytes
};
[[nodiscard]] TransparentImage read_transparent_image(const std::filesystem::path& file);

}  // namespace headroom
