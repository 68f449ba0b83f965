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
  // Null: is not written.
  std::string (*encode)(const Image& image, const std::vector<PngText>& texts);
};

[[nodiscard]] std::span<const PictureFormat> picture_formats();
// The format of a file by the end of its name, in any case; null when it is none of these.
[[nodiscard]] const PictureFormat* format_of(const std::filesystem::path& file);
// "PNG, JPEG or WebP"; "PNG", when only those that are written count.
[[nodiscard]] std::string format_names(bool written_only);

}  // namespace headroom
