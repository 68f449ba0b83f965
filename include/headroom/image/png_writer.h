#pragma once
#include "headroom/core/image.h"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace headroom {

// One text entry of a PNG. Written as tEXt when the value is Latin-1 (per PNG 1.2 §4.2.3), else
// iTXt.
struct PngText {
  std::string keyword;       // 1..79 Latin-1 characters
  std::string value;         // UTF-8
  bool always_itxt = false;  // for entries that readers expect in iTXt
};

// Encodes `image` as an 8-bit RGB PNG with `texts`. Throws Error{kInternal} on a malformed image
// (more than 16384 px a side counts as such) or text (bad keyword, not UTF-8, a zero byte).
// Not re-entrant (stb_image_write keeps global settings): one thread at a time.
[[nodiscard]] std::string encode_png(const Image& image, const std::vector<PngText>& texts);

// Writes `bytes` to `file` so that it is either whole or absent: temp file in the same folder,
// fsync, then a link/rename that never replaces an existing file. Creates missing folders. Any
// number of threads. Throws Error{kIo} naming the file and the reason (full disk, already exists,
// ...).
void write_new_file(const std::filesystem::path& file, std::string_view bytes);

// `dir`/outputs_YYYYMMDDHHMMSS.png in local time at `now`; `_2`, `_3`, ... is added while taken.
// Saves `png_bytes` there and returns the path.
[[nodiscard]] std::filesystem::path save_png_in(const std::filesystem::path& dir,
                                                std::chrono::system_clock::time_point now,
                                                std::string_view png_bytes);

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

}  // namespace headroom
