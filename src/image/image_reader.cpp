#include "headroom/image/image_reader.h"

#include "headroom/core/error.h"
#include "headroom/core/sha256.h"
#include "headroom/image/file_io.h"
#include "headroom/image/picture_formats.h"

#include "info_parts.h"
#include "text_encoding.h"

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <string_view>
#include <utility>

// Only the formats with pixels in the table of formats, so that a hostile file reaches less code.
#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_ONLY_JPEG
#define STBI_ONLY_PNG
#define STBI_NO_STDIO
#define STBI_MAX_DIMENSIONS 16384
#include <stb_image.h>

namespace headroom {
namespace {

bool is_one_of(std::string_view reason, std::initializer_list<std::string_view> reasons) {
  return std::ranges::find(reasons, reason) != reasons.end();
}

// The message for the decoder's reason.
Message damage(std::string_view stb_reason) {
  const auto is = [&](std::initializer_list<std::string_view> reasons) {
    return is_one_of(stb_reason, reasons);
  };
  if (is({"bad huffman code", "bad codelengths", "bad code lengths", "bad dist", "bad sizes",
          "bad zlib header", "zlib corrupt", "no preset dict", "bad compression", "bad DC huff",
          "bad AC huff", "can't merge dc and ac", "read past buffer", "output buffer limit"})) {
    return say("its compressed data cannot be unpacked");
  }
  if (is({"outofdata", "not enough pixels", "no IDAT"})) return say("it has too few pixels");
  if (is({"invalid filter"})) return say("its rows are coded in a way that does not exist");
  if (is({"invalid PLTE", "no PLTE", "bad tRNS len", "tRNS with alpha", "tRNS before PLTE",
          "tRNS after IDAT"})) {
    return say("its table of colours is wrong");
  }
  if (is({"0-pixel image", "0 width", "invalid width", "no header height", "bad DNL height"}))
    return say("its size is wrong");
  if (is({"1/2/4/8/16-bit only", "only 8-bit"}))
    return say("it has a number of bits a colour that is not read");
  if (is({"bad png sig", "first not IHDR", "bad IHDR len", "multiple IHDR", "bad ctype",
          "bad comp method", "bad filter method", "bad interlace method", "no SOI", "no SOF",
          "bad SOF len", "bad component count", "bad H", "bad V", "bad TQ"})) {
    return say("its header is wrong");
  }
  if (is({"expected marker", "unknown marker", "bad SOS", "bad SOS len", "bad SOS component count",
          "bad DRI len", "bad DQT type", "bad DQT table", "bad DNL len", "bad DHT header",
          "bad COM len", "bad APP len"})) {
    return say("one of its parts is wrong");
  }
  return say("it cannot be decoded");
}

Message decode_reason(std::string_view stb_reason) {
  if (stb_reason == "unknown image type") return say_no_pixels();
  if (stb_reason == "too large") return say_too_large();
  if (stb_reason == "outofmem") {
    return say("the computer is out of memory; close other programs or make the picture smaller");
  }
  return say("the picture is damaged ({0}); use another copy", damage(stb_reason));
}

std::uint8_t on_white(unsigned color, unsigned alpha) {
  return static_cast<std::uint8_t>((color * alpha + 255U * (255U - alpha) + 127U) / 255U);
}

constexpr std::size_t kRgba = 4;
static_assert(STBI_MAX_DIMENSIONS == kMostSide_px);

struct Decoded {
  int stored_width = 0, stored_height = 0;
  Orientation orientation;
  std::unique_ptr<stbi_uc, decltype(&stbi_image_free)> rgba{nullptr, &stbi_image_free};

  // As it is shown.
  [[nodiscard]] int width() const { return orientation.swaps_sides ? stored_height : stored_width; }
  [[nodiscard]] int height() const {
    return orientation.swaps_sides ? stored_width : stored_height;
  }
  [[nodiscard]] std::size_t pixels() const {
    return static_cast<std::size_t>(width()) * static_cast<std::size_t>(height());
  }
  // Calls `visit(rgba)` for its pixels, rows from the top.
  template <typename Visit>
  void visit_pixels(Visit visit) const {
    for (int y = 0; y < height(); ++y) {
      for (int x = 0; x < width(); ++x) visit(pixel(x, y));
    }
  }

 private:
  [[nodiscard]] const stbi_uc* pixel(int x, int y) const {
    if (orientation.swaps_sides) std::swap(x, y);
    if (orientation.mirrors_columns) x = stored_width - 1 - x;
    if (orientation.mirrors_rows) y = stored_height - 1 - y;
    const auto row = static_cast<std::size_t>(y) * static_cast<std::size_t>(stored_width);
    return rgba.get() + kRgba * (row + static_cast<std::size_t>(x));
  }
};

Decoded decode(const std::filesystem::path& file, const std::string& bytes) {
  Decoded decoded;
  int channels_in_file = 0;
  // Some faults do not set it and would leave that of an earlier picture.
  stbi__g_failure_reason = nullptr;
  decoded.rgba.reset(stbi_load_from_memory(
      reinterpret_cast<const stbi_uc*>(bytes.data()), static_cast<int>(bytes.size()),
      &decoded.stored_width, &decoded.stored_height, &channels_in_file, static_cast<int>(kRgba)));
  if (decoded.rgba == nullptr) {
    const char* const reason = stbi_failure_reason();
    throw_read_error(file, decode_reason(reason != nullptr ? reason : "no reason given"));
  }
  decoded.orientation = orientation_of_bytes(bytes);
  return decoded;
}

ImageFile read_image_from(const std::filesystem::path& file, const std::string& bytes) {
  const Decoded decoded = decode(file, bytes);
  ImageFile read{{decoded.width(), decoded.height(), {}}, false, {}};
  read.image.rgb.resize(3 * decoded.pixels());
  std::uint8_t* out = read.image.rgb.data();
  decoded.visit_pixels([&](const stbi_uc* in) {
    read.has_transparency = read.has_transparency || in[3] < 255;
    for (std::size_t c = 0; c < 3; ++c) *out++ = on_white(in[c], in[3]);
  });
  return read;
}

}  // namespace

Image read_image(const std::filesystem::path& file) {
  return std::move(read_image_from(file, read_whole_file(file)).image);
}

ImageFile read_image_file(const std::filesystem::path& file) {
  const std::string bytes = read_whole_file(file);
  ImageFile read = read_image_from(file, bytes);
  read.sha256 = sha256(bytes);
  return read;
}

TransparentImage read_transparent_image(const std::filesystem::path& file) {
  const std::string bytes = read_whole_file(file);
  const Decoded decoded = decode(file, bytes);
  TransparentImage read{{decoded.width(), decoded.height(), {}},
                        {decoded.width(), decoded.height(), {}},
                        sha256(bytes)};
  bool is_opaque = true;
  decoded.visit_pixels([&](const stbi_uc* in) {
    read.image.rgb.insert(read.image.rgb.end(), in, in + 3);
    read.alpha.grey.push_back(in[3]);
    is_opaque = is_opaque && in[3] == 255;
  });
  if (is_opaque) read.alpha = {};
  return read;
}

// Here, because stb_image, which this file contains, has a zlib decoder.
Inflated inflate_text(std::string_view bytes) {
  constexpr std::size_t kFirst = std::size_t{1} << 16U;
  using Fault = Inflated::Fault;
  if (bytes.size() > kMaxTextBytes) return {.fault = Fault::kTooLong};
  for (std::size_t room = kFirst; room <= kMaxTextBytes; room *= 16) {
    std::string text(room, '\0');
    const int size = stbi_zlib_decode_buffer(text.data(), static_cast<int>(room), bytes.data(),
                                             static_cast<int>(bytes.size()));
    if (size >= 0) {
      text.resize(static_cast<std::size_t>(size));
      return {std::move(text)};
    }
    const char* const reason = stbi_failure_reason();
    const bool is_full = reason != nullptr && std::string_view(reason) == "output buffer limit";
    if (!is_full) return {.fault = Fault::kDamaged};
  }
  return {.fault = Fault::kTooLong};
}

}  // namespace headroom
