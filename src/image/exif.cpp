#include "exif.h"

#include "headroom/core/generation.h"

#include "text_encoding.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <sstream>

namespace headroom {
namespace {

// EXIF 2.32, §4.6: tags of the first directory and of the EXIF directory that it points to.
constexpr std::uint32_t kOrientation = 0x0112;
constexpr std::uint32_t kExifDirectory = 0x8769;
constexpr std::uint32_t kUserComment = 0x9286;
struct TextTag {
  std::uint32_t tag;
  const char* name;
};
constexpr std::array<TextTag, 5> kTextTags{{{0x010E, "ImageDescription"},
                                            {0x010F, "Make"},
                                            {0x0110, "Model"},
                                            {0x0131, "Software"},
                                            {kUserComment, "UserComment"}}};

// Some programs label UTF-8 as UTF-16. Real UTF-16 has a zero byte in every blank and digit.
bool is_utf8_after_all(std::string_view text) {
  constexpr std::size_t kTold = 16;  // bytes: a text this long nearly always has a blank or digit
  text = text.substr(0, text.find_last_not_of('\0') + 1);
  return text.size() >= kTold && text.find('\0') == std::string_view::npos && is_valid_utf8(text);
}

// Reads "ASCII\0\0\0", "UNICODE\0" or zeros, then the text.
std::string read_user_comment(std::string_view data, bool big_endian) {
  constexpr std::size_t kCodeBytes = 8;
  if (data.size() < kCodeBytes) return text_as_utf8(data);
  const std::string_view code = data.substr(0, kCodeBytes);
  std::string_view text = data.substr(kCodeBytes);
  if (code == std::string_view("UNICODE\0", kCodeBytes)) {
    return is_utf8_after_all(text) ? std::string(text) : utf16_to_utf8(text, big_endian);
  }
  const bool is_code = code == std::string_view("ASCII\0\0\0", kCodeBytes) ||
                       code == std::string_view("JIS\0\0\0\0\0", kCodeBytes) ||
                       code == std::string_view("\0\0\0\0\0\0\0\0", kCodeBytes);
  return text_as_utf8(is_code ? text : data);
}

class TiffReader {
 public:
  explicit TiffReader(std::string_view bytes)
      : bytes_(bytes), big_endian_(bytes.starts_with("MM")) {}

  ExifTexts read() {
    const auto first = first_directory();
    found_.is_damaged = !first;
    if (first) read_directory(*first, /*may_lead_on=*/true);
    return std::move(found_);
  }

  [[nodiscard]] Orientation orientation() const {
    const auto first = first_directory();
    const auto count = first ? number(*first, 2) : std::nullopt;
    for (std::size_t i = 0; count && i < *count; ++i) {
      const std::size_t entry = *first + 2 + i * kEntryBytes;
      const auto tag = number(entry, 2);
      if (!tag) break;
      if (*tag == kOrientation) return orientation_of_entry(entry);
    }
    return {};
  }

 private:
  static constexpr std::size_t kEntryBytes = 12;

  [[nodiscard]] std::optional<std::uint32_t> first_directory() const {
    if (!bytes_.starts_with("MM") && !bytes_.starts_with("II")) return std::nullopt;
    return number(4, 4);
  }

  // A number of 16 bits (type 3), of 32 with some writers (4); what is none from 1 to 8 counts as
  // absent.
  [[nodiscard]] Orientation orientation_of_entry(std::size_t entry) const {
    const auto type = number(entry + 2, 2);
    if (type != 3U && type != 4U) return {};
    const auto value = number(entry + 8, type == 3U ? 2 : 4);
    if (!value || *value < 1 || *value > 8) return {};
    return {.swaps_sides = *value >= 5,
            .mirrors_columns = *value == 2 || *value == 3 || *value == 7 || *value == 8,
            .mirrors_rows = *value == 3 || *value == 4 || *value == 6 || *value == 7};
  }

  // The number in `size` bytes at `at`; nothing if that is beyond the end.
  [[nodiscard]] std::optional<std::uint32_t> number(std::size_t at, std::size_t size) const {
    if (at > bytes_.size() || bytes_.size() - at < size) return std::nullopt;
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < size; ++i) {
      const std::size_t k = big_endian_ ? i : size - 1 - i;
      value = value << 8U | static_cast<unsigned char>(bytes_[at + k]);
    }
    return value;
  }

  void read_directory(std::size_t at, bool may_lead_on) {
    const auto count = number(at, 2);
    if (!count) found_.is_damaged = true;
    for (std::size_t i = 0; count && i < *count; ++i) {
      const std::size_t entry = at + 2 + i * kEntryBytes;
      const auto tag = number(entry, 2);
      const auto value = number(entry + 8, 4);
      if (!tag || !value) {
        found_.is_damaged = true;
        return;
      }
      if (*tag == kExifDirectory && may_lead_on) {
        read_directory(*value, /*may_lead_on=*/false);
      } else {
        read_text(entry, *tag);
      }
    }
  }

  // Types 1 (bytes), 2 (text) and 7 (undefined) have one byte per item; up to four bytes are
  // stored in the entry itself.
  void read_text(std::size_t entry, std::uint32_t tag) {
    const char* name = nullptr;
    for (const TextTag& known : kTextTags) {
      if (known.tag == tag) name = known.name;
    }
    const auto type = number(entry + 2, 2);
    const auto length = number(entry + 4, 4);
    if (name == nullptr || (*type != 1 && *type != 2 && *type != 7)) return;
    const std::size_t at = *length <= 4 ? entry + 8 : *number(entry + 8, 4);
    if (at > bytes_.size() || bytes_.size() - at < *length) {
      found_.is_damaged = true;
      return;
    }
    const std::string_view data = bytes_.substr(at, *length);
    std::string text =
        tag == kUserComment ? read_user_comment(data, big_endian_) : text_as_utf8(data);
    text.erase(text.find_last_not_of('\0') + 1);
    if (!text.empty()) found_.texts.push_back({name, std::move(text), false});
  }

  std::string_view bytes_;
  bool big_endian_;
  ExifTexts found_;
};

std::string_view without_mark(std::string_view exif) {
  constexpr std::string_view kMark("Exif\0\0", 6);
  if (exif.starts_with(kMark)) exif.remove_prefix(kMark.size());
  return exif;
}

}  // namespace

std::optional<std::string> read_raw_profile(const PictureText& text) {
  if (text.keyword != "Raw profile type exif" && text.keyword != "Raw profile type APP1") {
    return std::nullopt;
  }
  // The first two lines are the name and the length.
  std::istringstream in(text.value);
  std::string name, digits;
  std::size_t length = 0;
  if (!(in >> name >> length)) return std::nullopt;
  for (std::string line; in >> line;) digits += line;
  if (digits.size() / 2 < length) return std::nullopt;
  std::string bytes(length, '\0');
  for (std::size_t i = 0; i < length; ++i) {
    const char* const at = digits.data() + 2 * i;
    unsigned value = 0;
    if (std::from_chars(at, at + 2, value, 16).ptr != at + 2) return std::nullopt;
    bytes[i] = static_cast<char>(value);
  }
  return bytes;
}

ExifTexts read_exif_texts(std::string_view exif) { return TiffReader(without_mark(exif)).read(); }

Orientation read_exif_orientation(std::string_view exif) {
  return TiffReader(without_mark(exif)).orientation();
}

}  // namespace headroom
