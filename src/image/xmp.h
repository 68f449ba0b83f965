#pragma once
#include "headroom/image/picture_text.h"

#include <string_view>
#include <vector>

namespace headroom {

// The texts of an XMP packet (ISO 16684-1) in which image generators, such as Draw Things, put
// their settings: exif:UserComment, dc:description, tiff:ImageDescription and xmp:CreatorTool,
// with the keywords "UserComment", "Description", "ImageDescription" and "Software" as in EXIF and
// PNG. If a packet has none of them, the whole packet with the keyword "XMP".
[[nodiscard]] std::vector<PictureText> read_xmp_texts(std::string_view packet);

}  // namespace headroom
