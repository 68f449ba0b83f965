#include "info_parts.h"

#include "headroom/core/bytes.h"
#include "headroom/core/error.h"
#include "headroom/image/picture_formats.h"

#include "exif.h"
#include "text_encoding.h"
#include "xmp.h"

#include <iterator>

namespace headroom {

void refuse_picture(const std::filesystem::path& file, const Message& what) {
  throw Error(ErrorKind::kIo, say("{0}: {1}", file, what));
}

void end_early(const std::filesystem::path& file, PictureInfo& info) {
  if (info.texts.empty()) {
    refuse_picture(file, say("the picture ends too early, so it is damaged; use another copy"));
  }
  info.problems.push_back(say("the picture ends too early, so its pixels are damaged"));
}

Message say_no_pixels() {
  return say("it is not a {0} picture; convert it first", say_format_names(PictureUse::kPixels));
}

Message say_too_large() {
  return say("it is larger than {0} px a side; make it smaller first", kMostSide_px);
}

void append(PictureInfo& info, std::vector<PictureText> texts) {
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

}  // namespace headroom
