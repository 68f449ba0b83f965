#include "jpeg_info.h"

#include "exif.h"
#include "info_parts.h"
#include "text_encoding.h"
#include "xmp.h"

namespace headroom {
namespace {

constexpr std::string_view kExif("Exif\0\0", 6);
constexpr unsigned kApp1 = 0xE1;

// Calls `visit(marker, data)` for segments up to the pixels: FF, a marker, a length that counts
// itself, data (ISO 10918-1, B.1.1). False: the file ends before them.
template <typename Visit>
bool visit_segments(std::string_view bytes, Visit visit) {
  std::size_t at = 2;
  while (true) {
    while (at + 1 < bytes.size() && bytes[at] == '\xFF' && bytes[at + 1] == '\xFF') ++at;
    if (bytes.size() < at + 4) return false;
    const unsigned marker = static_cast<unsigned char>(bytes[at + 1]);
    if (bytes[at] != '\xFF' || marker == 0xDA || marker == 0xD9) return true;  // pixels, or the end
    const std::size_t length = big_endian(bytes.substr(at + 2, 2));
    if (length < 2 || bytes.size() - at - 2 < length) return false;
    visit(marker, bytes.substr(at + 4, length - 2));
    at += 2 + length;
  }
}

void read_segment(unsigned marker, std::string_view data, PictureInfo& info) {
  constexpr std::string_view kXmp("http://ns.adobe.com/xap/1.0/\0", 29);
  const bool is_frame =
      marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
  if (is_frame && data.size() >= 5) {
    info.height = static_cast<int>(big_endian(data.substr(1, 2)));
    info.width = static_cast<int>(big_endian(data.substr(3, 2)));
  } else if (marker == kApp1 && data.starts_with(kExif)) {
    add_exif(info, data);
  } else if (marker == kApp1 && data.starts_with(kXmp)) {
    append(info, read_xmp_texts(data.substr(kXmp.size())));
  } else if (marker == 0xFE) {
    info.texts.push_back({"Comment", text_as_utf8(data), false});
  }
}

}  // namespace

bool is_jpeg(std::string_view bytes) { return bytes.starts_with("\xFF\xD8\xFF"); }

void read_jpeg_info(const std::filesystem::path& file, std::string_view bytes, PictureInfo& info) {
  const bool is_whole = visit_segments(
      bytes, [&](unsigned marker, std::string_view data) { read_segment(marker, data, info); });
  if (!is_whole) end_early(file, info);
}

// Of several EXIF blocks, the first counts.
Orientation read_jpeg_orientation(std::string_view bytes) {
  bool is_told = false;
  Orientation told;
  visit_segments(bytes, [&](unsigned marker, std::string_view data) {
    if (is_told || marker != kApp1 || !data.starts_with(kExif)) return;
    is_told = true;
    told = read_exif_orientation(data);
  });
  return told;
}

}  // namespace headroom
