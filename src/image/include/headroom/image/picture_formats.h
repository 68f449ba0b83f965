#pragma once
#include "headroom/core/image.h"
#include "headroom/core/message.h"
#include "headroom/image/picture_info.h"
#include "headroom/image/picture_text.h"

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace headroom {

// How stored rows and columns are to be shown, from EXIF: a camera that is held upright stores its
// picture lying. Both sides are swapped after the mirroring.
struct Orientation {
  bool swaps_sides = false;
  bool mirrors_columns = false;
  bool mirrors_rows = false;
};

// A format of picture files: a row of the table in picture_formats.cpp, and a file here.
struct PictureFormat {
  std::string_view name;
  std::span<const std::string_view> extensions;  // ".png"; new files have the first one
  const char* mime_type;                         // "image/png", by which clipboards name it
  bool (*is_one)(std::string_view bytes);
  // Adds stored size and texts of a file with these bytes to `info`; throws Error{kIo} like
  // read_picture_info().
  void (*read_info)(const std::filesystem::path& file, std::string_view bytes, PictureInfo& info);
  // Null: its pixels are shown as they are stored.
  Orientation (*read_orientation)(std::string_view bytes);
  bool has_pixels;  // whether read_image() can decode it
  // Null: this format is never written.
  std::string (*encode)(const Image& image, const std::vector<PictureText>& texts);
};

// All formats: the rows of the table.
[[nodiscard]] std::span<const PictureFormat> picture_formats();
// The format of new pictures if no other is named: it can be written and read.
[[nodiscard]] const PictureFormat& usual_format();
// The extension of such a picture: ".png".
[[nodiscard]] inline std::string usual_extension() {
  return std::string(usual_format().extensions.front());
}
// The format of a file by its extension, ignoring case; null when it is none of these.
[[nodiscard]] const PictureFormat* format_of(const std::filesystem::path& file);
// The format of a file with these bytes; null when it is none of these.
[[nodiscard]] const PictureFormat* format_of_bytes(std::string_view bytes);
// How a file with these bytes is to be shown.
[[nodiscard]] Orientation orientation_of_bytes(std::string_view bytes);
// Whether the file's name is that of a format whose pixels can be read, or that can be written.
[[nodiscard]] bool has_readable_pixels(const std::filesystem::path& file);
[[nodiscard]] bool is_written(const std::filesystem::path& file);

enum class PictureUse { kSettings, kPixels, kWriting };
// The formats that have this use: "PNG, JPEG or WebP".
[[nodiscard]] std::string format_names(PictureUse use);
// The same in the language's words.
[[nodiscard]] Message say_format_names(PictureUse use);

}  // namespace headroom
