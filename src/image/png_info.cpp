#include "png_info.h"

#include "info_parts.h"
#include "png_chunks.h"
#include "png_text.h"

namespace headroom {

bool is_png(std::string_view bytes) { return bytes.starts_with(kPngSignature); }

void read_png_info(const std::filesystem::path& file, std::string_view rest, PictureInfo& info) {
  constexpr std::size_t kAround = 12;  // length, type, CRC
  rest.remove_prefix(kPngSignature.size());
  while (true) {
    if (rest.size() < kAround || rest.size() - kAround < read_u32(rest)) {
      return end_early(file, info);
    }
    const std::size_t length = read_u32(rest);
    const std::string_view type = rest.substr(4, 4);
    const std::string_view data = rest.substr(8, length);
    const bool sound = crc32(rest.substr(4, 4 + length)) == read_u32(rest.substr(8 + length));
    if (type == "IHDR" && length >= 8) {
      info.width = static_cast<int>(big_endian(data.substr(0, 4)) & 0x7FFFFFFFU);
      info.height = static_cast<int>(big_endian(data.substr(4, 4)) & 0x7FFFFFFFU);
    } else if (type == "eXIf" && sound) {
      add_exif(info, data);
    } else if (type == "tEXt" || type == "zTXt" || type == "iTXt") {
      add_text(info, sound ? parse_png_text(type, data) : ReadPngText{});
    }
    if (type == "IEND") return;
    rest.remove_prefix(kAround + length);
  }
}

}  // namespace headroom
