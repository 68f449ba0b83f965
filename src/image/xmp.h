#pragma once
#include "headroom/image/png_writer.h"

#include <string_view>
#include <vector>

namespace headroom {

// The texts of an XMP packet (ISO 16684-1) in which image generators put their settings, Draw
// Things among them: exif:UserComment, dc:description, tiff:ImageDescription and xmp:CreatorTool,
// called "UserComment", "Description", "ImageDescription" and "Software" as in EXIF and PNG. Of a
// packet without any the whole, called "XMP".
[[nodiscard]] std::vector<PngText> read_xmp_texts(std::string_view packet);

}  // namespace headroom
