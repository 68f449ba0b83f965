
#include "headroom/image/picture_info.h"

#include "headroom/core/bytes.h"
#include "headroom/core/error.h"
#include "headroom/image/file_io.h"

#include "exif.h"
#include "png_chunks.h"
#include "png_text.h"
#include "text_encoding.h"
#include "xmp.h"

#include <iterator>

namespace headroom {
namespace {

[[noreturn]] void refuse(const std::filesystem::path& file, const Message& what) {
  throw Error(ErrorKind::kIo, say("{0}: {1}", file, what));
}

// Refuses a picture that ends too early, unless it has said something before.
void end_early(const std::filesystem::path& file, PictureInfo& info) {
  if (info.texts.empty()) {
    refuse(file, say("the picture ends too early, so it is damaged; use another copy"));
  }
  info.problems.push_back(say("the picture ends too early, so its pixels are damaged"));
}

void append(PictureInfo& info, std::vector<PngText> texts) {
  info.texts.insert(info.texts.end(), std::make_move_iterator(texts.begin()),
                    std::make_move_iterator(texts.end()));
}

void add_exif(PictureInfo& info, std::string_view block) {
  ExifTexts exif = read_exif_texts(block);
  if (exif.is_damaged) {
    info.problems.push_back(say("the EXIF block is damaged, so texts of it may be missing"));
  }
  append(info, std::move(exif.texts));
}

void add_text(PictureInfo& info, ReadPngText read) {
  if (read.is_too_long) {
    info.problems.push_back(say("a text entry is longer than {0} once unpacked and left out",
                                format_bytes(static_cast<std::int64_t>(kMaxTextBytes))));
  } else if (!read.text) {
    info.problems.push_back(say("a text entry is damaged and left out"));
  } else if (const auto exif = read_raw_profile(*read.text)) {
    add_exif(info, *exif);
  } else if (read.text->keyword == "XML:com.adobe.xmp") {
    append(info, read_xmp_texts(read.text->value));
  } else {
    info.texts.push_back(std::move(*read.text));
  }
}

std::uint32_t big_endian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (const char c : bytes) value = value << 8U | static_cast<unsigned char>(c);
  return value;
}

std::uint32_t little_endian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;)
    value = value << 8U | static_cast<unsigned char>(bytes[i]);
  return value;
}

void read_png(const std::filesystem::path& file, std::string_view rest, PictureInfo& info) {
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

// Segments up to the pixels: FF, a marker, a length that counts itself, data (ISO 10918-1, B.1.1).
void read_jpeg(const std::filesystem::path& file, std::string_view bytes, PictureInfo& info) {
  constexpr std::string_view kExif("Exif\0\0", 6);
  constexpr std::string_view kXmp("http://ns.adobe.com/xap/1.0/\0", 29);
  std::size_t at = 2;
  while (true) {
    while (at + 1 < bytes.size() && bytes[at] == '\xFF' && bytes[at + 1] == '\xFF') ++at;
    if (bytes.size() < at + 4) return end_early(file, info);
    const auto marker = static_cast<unsigned char>(bytes[at + 1]);
    if (bytes[at] != '\xFF' || marker == 0xDA || marker == 0xD9) return;  // pixels, or the end
    const std::size_t length = big_endian(bytes.substr(at + 2, 2));
    if (length < 2 || bytes.size() - at - 2 < length) return end_early(file, info);
    const std::string_view data = bytes.substr(at + 4, length - 2);
    const bool is_frame =
        marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    if (is_frame && data.size() >= 5) {
      info.height = static_cast<int>(big_endian(data.substr(1, 2)));
      info.width = static_cast<int>(big_endian(data.substr(3, 2)));
    } else if (marker == 0xE1 && data.starts_with(kExif)) {
      add_exif(info, data);
    } else if (marker == 0xE1 && data.starts_with(kXmp)) {
      append(info, read_xmp_texts(data.substr(kXmp.size())));
    } else if (marker == 0xFE) {
      info.texts.push_back({"Comment", utf8_or_latin1(data), false});
    }
    at += 2 + length;
  }
}

// Width and height as the three kinds of pixel chunks say them (RFC 9649, §2.5 to §2.7).
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

void read_webp(const std::filesystem::path& file, std::string_view rest, PictureInfo& info) {
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

}  // namespace

PictureInfo read_picture_info(const std::filesystem::path& file) {
  const std::string bytes = read_whole_file(file);
  PictureInfo info;
  if (bytes.starts_with(kPngSignature)) {
    read_png(file, bytes, info);
  } else if (bytes.starts_with("\xFF\xD8\xFF")) {
    read_jpeg(file, bytes, info);
  } else if (bytes.starts_with("RIFF") && bytes.size() >= 12 && bytes.substr(8, 4) == "WEBP") {
    read_webp(file, bytes, info);
  } else {
    refuse(file, say("this is not a PNG, JPEG or WebP picture; choose one of these"));
  }
  return info;
}

}  // namespace headroom
