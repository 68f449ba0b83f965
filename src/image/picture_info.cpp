#include "headroom/image/picture_info.h"

#include "headroom/image/file_io.h"
#include "headroom/image/picture_formats.h"

#include "info_parts.h"

#include <algorithm>
#include <utility>

namespace headroom {

PictureInfo read_picture_info(const std::filesystem::path& file) {
  const std::string bytes = read_whole_file(file);
  PictureInfo info;
  const PictureFormat* const format = format_of_bytes(bytes);
  if (format == nullptr) {
    refuse_picture(file, say("this is not a {0} picture; choose one of these",
                             say_format_names(PictureUse::kSettings)));
  }
  format->read_info(file, bytes, info);
  if (orientation_of_bytes(bytes).swaps_sides) std::swap(info.width, info.height);
  if (!format->has_pixels) {
    info.why_no_pixels = say_no_pixels();
  } else if (std::max(info.width, info.height) > kMostSide_px) {
    info.why_no_pixels = say_too_large();
  }
  return info;
}

}  // namespace headroom
