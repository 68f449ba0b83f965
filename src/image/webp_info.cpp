#include "webp_info.h"

#include "info_parts.h"
#include "xmp.h"

#include <algorithm>

namespace headroom {

namespace {

// Reads width and height from the three kinds of pixel chunks (RFC 9649, §2.5 to §2.7).
void read_webp_size(std::string_view type, std::string_view data, PictureInfo& info) {
  if (type == "VP8X" && data.size() >= 10) {
    info.width = static_cast<int>(little_endian(data.substr(4, 3))) + 1;
    info.height = static_cast<int>(little_endian(data.substr(7, 3))) + 1;
  } else if (type == "VP8L" && data.size() >= 5 && info.width == 0) {
    const std::uint32_t bits = little_endian(data.substr(1, 4));
    info.width = static_cast<int>(bits & 0x3FFFU) + 1;
    info.height = static_cast<int>(bits >> 14U & 0x3FFFU) + 1;
  } else if (type == "VP8 " && data.size() >= 10 && info.width == 0) {
    info.width = static_cast<int>(little_endian(data.substr(6, 2)) & 0x3FFFU);
    info.height = static_cast<int>(little_endian(data.substr(8, 2)) & 0x3FFFU);
  }
}

}  // namespace

bool is_webp(std::string_view bytes) {
  return bytes.starts_with("RIFF") && bytes.size() >= 12 && bytes.substr(8, 4) == "WEBP";
}

void read_webp_info(const std::filesystem::path& file, std::string_view rest, PictureInfo& info) {
  constexpr std::size_t kHeader = 12;  // "RIFF", length, "WEBP"
  rest.remove_prefix(kHeader);
  while (rest.size() >= 8) {
    const std::size_t length = little_endian(rest.substr(4, 4));
    if (rest.size() - 8 < length) return end_early(file, info);
    const std::string_view type = rest.substr(0, 4);
    const std::string_view data = rest.substr(8, length);
    read_webp_size(type, data, info);
    if (type == "EXIF") add_exif(info, data);
    if (type == "XMP ") append(info, read_xmp_texts(data));
    rest.remove_prefix(std::min(rest.size(), 8 + length + length % 2));
  }
}

}  // namespace headroom
