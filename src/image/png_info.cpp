#include "png_info.h"

#include "exif.h"
#include "info_parts.h"
#include "png_chunks.h"
#include "png_text.h"

namespace headroom {
namespace {

struct Chunk {
  std::string_view type;
  std::string_view data;
  std::string_view checked;  // both, which the CRC is of
  std::uint32_t crc = 0;
  [[nodiscard]] bool is_sound() const { return crc32(checked) == crc; }
};

// Calls `visit(chunk)` for all chunks up to the end. False: the file ends before that.
template <typename Visit>
bool visit_chunks(std::string_view rest, Visit visit) {
  constexpr std::size_t kAround = 12;  // length, type, CRC
  rest.remove_prefix(kPngSignature.size());
  while (true) {
    if (rest.size() < kAround || rest.size() - kAround < read_u32(rest)) return false;
    const std::size_t length = read_u32(rest);
    const Chunk chunk{rest.substr(4, 4), rest.substr(8, length), rest.substr(4, 4 + length),
                      read_u32(rest.substr(8 + length))};
    visit(chunk);
    if (chunk.type == "IEND") return true;
    rest.remove_prefix(kAround + length);
  }
}

void read_chunk(const Chunk& chunk, PictureInfo& info) {
  const std::string_view type = chunk.type;
  const std::string_view data = chunk.data;
  if (type == "IHDR" && data.size() >= 8) {
    info.width = static_cast<int>(big_endian(data.substr(0, 4)) & 0x7FFFFFFFU);
    info.height = static_cast<int>(big_endian(data.substr(4, 4)) & 0x7FFFFFFFU);
  } else if (type == "eXIf" && chunk.is_sound()) {
    add_exif(info, data);
  } else if (type == "tEXt" || type == "zTXt" || type == "iTXt") {
    add_text(info, chunk.is_sound() ? parse_png_text(type, data) : ReadPngText{});
  }
}

}  // namespace

bool is_png(std::string_view bytes) { return bytes.starts_with(kPngSignature); }

void read_png_info(const std::filesystem::path& file, std::string_view bytes, PictureInfo& info) {
  const bool is_whole = visit_chunks(bytes, [&](const Chunk& chunk) { read_chunk(chunk, info); });
  if (!is_whole) end_early(file, info);
}

// Of several EXIF blocks, the first counts.
Orientation read_png_orientation(std::string_view bytes) {
  bool is_told = false;
  Orientation told;
  visit_chunks(bytes, [&](const Chunk& chunk) {
    if (is_told || chunk.type != "eXIf" || !chunk.is_sound()) return;
    is_told = true;
    told = read_exif_orientation(chunk.data);
  });
  return told;
}

}  // namespace headroom
