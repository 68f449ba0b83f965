#include "headroom/image/png_writer.h"

#include "headroom/core/error.h"
#include "headroom/core/generation.h"

#include "png_chunks.h"

// Static, so that this copy's functions and global settings stay in this file.
#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STB_IMAGE_WRITE_STATIC
#define STBI_WRITE_NO_STDIO
#include <stb_image_write.h>

namespace headroom {
namespace {

// stb counts bytes in int; with this limit 3 * width * height stays well below its maximum.
constexpr int kMaxPngSide_px = 16384;
constexpr std::size_t kIhdrChunkBytes = 4 + 4 + 13 + 4;

std::string encode_pixels(const Image& image, const std::uint8_t* pixels, int channels) {
  const auto append = [](void* context, void* data, int size) {
    static_cast<std::string*>(context)->append(static_cast<const char*>(data),
                                               static_cast<std::size_t>(size));
  };
  std::string png;
  const int written = stbi_write_png_to_func(append, &png, image.width, image.height, channels,
                                             pixels, channels * image.width);
  if (written == 0 || png.size() < kPngSignature.size() + kIhdrChunkBytes) {
    throw Error(ErrorKind::kInternal,
                say("a picture of {0}x{1} px could not be encoded as PNG: the computer is out of "
                    "memory; close other programs and try again",
                    image.width, image.height));
  }
  return png;
}

std::vector<std::uint8_t> with_alpha(const Image& image, const GreyImage& alpha) {
  std::vector<std::uint8_t> rgba;
  rgba.reserve(4 * alpha.grey.size());
  for (std::size_t i = 0; i < alpha.grey.size(); ++i) {
    const auto pixel = image.rgb.begin() + static_cast<std::ptrdiff_t>(3 * i);
    rgba.insert(rgba.end(), pixel, pixel + 3);
    rgba.push_back(alpha.grey[i]);
  }
  return rgba;
}

[[noreturn]] void refuse_text(const PictureText& text, const char* what) {
  throw Error(ErrorKind::kInternal,
              "a text entry of the picture " + std::string(what) + ": " + text.keyword);
}

// PNG 1.2 §4.2.3: 1 to 79 printable Latin-1 characters without leading, trailing or double spaces.
std::string keyword_bytes(const PictureText& text) {
  const auto is_printable = [](char c) {
    const auto code = static_cast<unsigned char>(c);
    return (code >= 0x20 && code <= 0x7E) || code >= 0xA1;
  };
  if (!is_valid_utf8(text.keyword)) refuse_text(text, "has a keyword that is not valid UTF-8");
  const auto latin1 = utf8_to_latin1(text.keyword);
  bool fine = latin1 && !latin1->empty() && latin1->size() <= 79 && latin1->front() != ' ' &&
              latin1->back() != ' ' && latin1->find("  ") == std::string::npos;
  if (fine) {
    for (const char c : *latin1) fine = fine && is_printable(c);
  }
  if (!fine) {
    refuse_text(text,
                "has a keyword that PNG does not allow (1 to 79 printable Latin-1 characters)");
  }
  return *latin1;
}

std::string text_chunk(const PictureText& text) {
  const std::string keyword = keyword_bytes(text);
  if (!is_valid_utf8(text.value)) refuse_text(text, "is not valid UTF-8");
  if (text.value.find('\0') != std::string::npos) {
    refuse_text(text, "contains a zero byte, which PNG text cannot hold");
  }
  const auto latin1 = utf8_to_latin1(text.value);
  if (latin1 && !text.always_itxt) return png_chunk("tEXt", keyword + '\0' + *latin1);
  // After the keyword: not compressed, method 0, no language tag, no translated keyword.
  constexpr std::string_view kPlainUtf8("\0\0\0\0\0", 5);
  return png_chunk("iTXt", keyword + std::string(kPlainUtf8) + text.value);
}

// Throws Error{kInternal} on a malformed picture.
void check_picture(const Image& image, const GreyImage& alpha) {
  const bool is_sound = image.width >= 1 && image.height >= 1 && image.width <= kMaxPngSide_px &&
                        image.height <= kMaxPngSide_px &&
                        image.rgb.size() == std::size_t{3} * static_cast<std::size_t>(image.width) *
                                                static_cast<std::size_t>(image.height);
  const bool is_opaque = alpha.width == 0 && alpha.grey.empty();
  const bool has_its_size = alpha.width == image.width && alpha.height == image.height &&
                            3 * alpha.grey.size() == image.rgb.size();
  if (is_sound && (is_opaque || has_its_size)) return;
  throw Error(ErrorKind::kInternal,
              "a picture of " + std::to_string(image.width) + "x" + std::to_string(image.height) +
                  " px with " + std::to_string(image.rgb.size()) + " bytes and " +
                  std::to_string(alpha.grey.size()) + " of transparency cannot be encoded as PNG");
}

}  // namespace

std::string encode_png(const Image& image, const std::vector<PictureText>& texts) {
  return encode_png_with_alpha(image, {}, texts);
}

std::string encode_png_with_alpha(const Image& image, const GreyImage& alpha,
                                  const std::vector<PictureText>& texts) {
  check_picture(image, alpha);
  std::string chunks;
  for (const PictureText& text : texts) chunks += text_chunk(text);
  std::string png = alpha.grey.empty() ? encode_pixels(image, image.rgb.data(), 3)
                                       : encode_pixels(image, with_alpha(image, alpha).data(), 4);
  png.insert(kPngSignature.size() + kIhdrChunkBytes, chunks);
  return png;
}

bool can_stand_in_png(const PictureText& text) {
  try {
    static_cast<void>(text_chunk(text));
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace headroom
