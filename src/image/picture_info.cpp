#include "headroom/image/picture_info.h"

#include "headroom/image/file_io.h"
#include "headroom/image/picture_formats.h"

#include "info_parts.h"

namespace headroom {

PictureInfo read_picture_info(const std::filesystem::path& file) {
  const std::string bytes = read_whole_file(file);
  PictureInfo info;
  for (const PictureFormat& format : picture_formats()) {
    if (!format.is_one(bytes)) continue;
    format.read_info(file, bytes, info);
    return info;
  }
  refuse_picture(file, say("this is not a PNG, JPEG or WebP picture; choose one of these"));
}

}  // namespace headroom
