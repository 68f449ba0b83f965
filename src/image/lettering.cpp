#include "headroom/image/lettering.h"

#include "headroom/core/error.h"
#include "headroom/image/file_io.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#define STB_TRUETYPE_IMPLEMENTATION
#define STBTT_STATIC
#include <stb_truetype.h>

namespace headroom {
namespace {

// As a share of a line's height.
constexpr double kEm = 0.72;
constexpr double kBaseline = 0.76;
constexpr double kBoxWidth = 0.5;  // width of the box for a missing character

// The next character of valid UTF-8; in invalid text each byte is a character that no font has.
char32_t next_letter(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t i) {
    return static_cast<char32_t>(static_cast<unsigned char>(text[i]));
  };
  constexpr char32_t kUnknown = 0xFFFD;
  const char32_t lead = byte(at++);
  if (lead < 0x80) return lead;
  const int more = lead < 0xC0 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
  if (more == 0) return kUnknown;
  char32_t code = lead & (0x3FU >> more);
  for (int i = 0; i < more; ++i, ++at) {
    if (at >= text.size() || (byte(at) & 0xC0U) != 0x80U) return kUnknown;
    code = code << 6 | (byte(at) & 0x3FU);
  }
  return code;
}

void blend(std::uint8_t& under, std::uint8_t colour, unsigned part) {
  under = static_cast<std::uint8_t>((under * (255U - part) + colour * part + 127U) / 255U);
}

// The family name of a face: entry 1 of its names, in English, UTF-16 (Microsoft, big-endian).
std::string family_of(const stbtt_fontinfo& font) {
  constexpr int kEnglish = 0x409;
  constexpr int kFamily = 1;
  int bytes = 0;
  const char* const name = stbtt_GetFontNameString(&font, &bytes, STBTT_PLATFORM_ID_MICROSOFT,
                                                   STBTT_MS_EID_UNICODE_BMP, kEnglish, kFamily);
  std::string family;
  // Low bytes only, since names are compared as ASCII.
  for (int i = 1; name != nullptr && i < bytes; i += 2) family += name[i];
  return family;
}

// Where a face begins in its file; -1 = the file does not have it.
int offset_of(const unsigned char* data, const std::string& family) {
  if (family.empty()) return stbtt_GetFontOffsetForIndex(data, 0);
  for (int i = 0; i < stbtt_GetNumberOfFonts(data); ++i) {
    stbtt_fontinfo font{};
    const int offset = stbtt_GetFontOffsetForIndex(data, i);
    const bool is_font = offset >= 0 && stbtt_InitFont(&font, data, offset) != 0;
    if (is_font && family_of(font) == family) return offset;
  }
  return -1;
}

}  // namespace

struct Lettering::Face {
  std::string bytes;  // the file, which `info` points into
  stbtt_fontinfo info{};
};

struct Lettering::Letter {
  const stbtt_fontinfo* info = nullptr;  // null = no face has it
  int glyph = 0;
  float scale = 0;
  double advance = 0;
};

Lettering::Lettering(const std::vector<FontFace>& faces) {
  for (const FontFace& face : faces) {
    auto made = std::make_unique<Face>();
    made->bytes = read_whole_file(face.file);
    const auto* const data = reinterpret_cast<const unsigned char*>(made->bytes.data());
    // A shorter file does not even have a table directory.
    const int offset = made->bytes.size() > 64 ? offset_of(data, face.name) : -1;
    if (offset < 0 || stbtt_InitFont(&made->info, data, offset) == 0) {
      throw_read_error(face.file, say("it is no font of a kind that can be read"));
    }
    faces_.push_back(std::move(made));
  }
}

Lettering::~Lettering() = default;

Lettering::Letter Lettering::find(char32_t code, int line_px) const {
  const double em = kEm * line_px;
  for (const auto& face : faces_) {
    const int glyph = stbtt_FindGlyphIndex(&face->info, static_cast<int>(code));
    if (glyph == 0) continue;
    int advance = 0;
    int bearing = 0;
    stbtt_GetGlyphHMetrics(&face->info, glyph, &advance, &bearing);
    const float scale = stbtt_ScaleForMappingEmToPixels(&face->info, static_cast<float>(em));
    return {&face->info, glyph, scale, static_cast<double>(advance) * scale};
  }
  return {nullptr, 0, 0, kBoxWidth * line_px};
}

int Lettering::width(std::string_view text, int line_px) const {
  double width = 0;
  for (std::size_t at = 0; at < text.size();) width += find(next_letter(text, at), line_px).advance;
  return static_cast<int>(std::ceil(width));
}

void Lettering::write(Image& image, int x, int y, int line_px, std::string_view text,
                      std::array<std::uint8_t, 3> colour) const {
  const auto put = [&](int px, int py, unsigned part) {
    if (px < 0 || py < 0 || px >= image.width || py >= image.height) return;
    const std::size_t first =
        3 * (static_cast<std::size_t>(py) * static_cast<std::size_t>(image.width) +
             static_cast<std::size_t>(px));
    for (std::size_t c = 0; c < 3; ++c) blend(image.rgb[first + c], colour[c], part);
  };
  const int baseline = y + static_cast<int>(std::lround(kBaseline * line_px));
  double pen = x;
  for (std::size_t at = 0; at < text.size();) {
    const Letter letter = find(next_letter(text, at), line_px);
    const int left = static_cast<int>(std::floor(pen));
    if (letter.info == nullptr) {
      const int side = std::max(2, static_cast<int>(letter.advance) - 2);
      for (int i = 0; i < side; ++i) {
        put(left + 1 + i, baseline - side, 255);
        put(left + 1 + i, baseline - 1, 255);
        put(left + 1, baseline - side + i, 255);
        put(left + side, baseline - side + i, 255);
      }
    } else {
      int width = 0;
      int height = 0;
      int dx = 0;
      int dy = 0;
      const std::unique_ptr<unsigned char, void (*)(unsigned char*)> bitmap(
          stbtt_GetGlyphBitmapSubpixel(letter.info, letter.scale, letter.scale,
                                       static_cast<float>(pen - left), 0, letter.glyph, &width,
                                       &height, &dx, &dy),
          [](unsigned char* p) { stbtt_FreeBitmap(p, nullptr); });
      for (int i = 0; bitmap && i < width * height; ++i) {
        put(left + dx + i % width, baseline + dy + i / width, bitmap.get()[i]);
      }
    }
    pen += letter.advance;
  }
}

std::vector<std::string> Lettering::wrap(std::string_view text, int line_px, int width_px) const {
  std::vector<std::string> lines;
  while (!text.empty()) {
    std::size_t end = 0;    // end of what fits
    std::size_t blank = 0;  // the last blank in it
    double width = 0;
    for (std::size_t at = 0; at < text.size(); end = at) {
      const std::size_t begin = at;
      const char32_t letter = next_letter(text, at);
      width += find(letter, line_px).advance;
      if (letter == ' ') blank = begin;
      if (width > width_px && begin > 0 && letter != ' ') break;
    }
    if (end < text.size() && blank > 0) end = blank;
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  }
  return lines;
}

std::string Lettering::missing(std::string_view text) const {
  std::string letters;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    if (find(next_letter(text, at), 16).info != nullptr) continue;
    const std::string_view letter = text.substr(begin, at - begin);
    if (letters.find(letter) == std::string::npos) letters += letter;
  }
  return letters;
}

}  // namespace headroom
