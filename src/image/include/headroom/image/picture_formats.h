#pragma once
#include "headroom/image/picture_info.h"
#include "headroom/image/png_writer.h"

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace headroom {

// A format of picture files: a row of the table, and its file here.
struct PictureFormat {
  std::string_view name;
  std::span<const std::string_view> extensions;  // ".png"; the first is that of new files
  bool (*is_one)(std::string_view bytes);
  // The size and the texts of a file with these bytes; throws Error{kIo} as read_picture_info().
  void (*read_info)(const std::filesystem::path& file, std::string_view bytes, PictureInfo& info);
  bool has_pixels;  // read_image() decodes them
  // Null: is not written.
  std::string (*encode)(const Image& image, const std::vector<PngText>& texts);
};

[[nodiscard]] std::span<const PictureFormat> picture_formats();
// The one that new pictures have where nobody names another: it is written and read.
[[nodiscard]] const PictureFormat& usual_format();
// The end of the name of such a picture: ".png".
[[nodiscard]] inline std::string usual_extension() {
  return std::string(usual_format().extensions.front());
}
// The format of a file by the end of its name, in any case; null when it is none of these.
[[nodiscard]] const PictureFormat* format_of(const std::filesystem::path& file);
// Whether a file of that name is a picture whose pixels can be read, and one that can be written.
[[nodiscard]] bool has_readable_pixels(const std::filesystem::path& file);
[[nodiscard]] bool is_written(const std::filesystem::path& file);

enum class PictureUse { kSettings, kPixels, kWriting };
// The formats whose settings or pixels are read, or that are written: "PNG, JPEG or WebP".
[[nodiscard]] std::string format_names(PictureUse use);

}  // namespace headroom
