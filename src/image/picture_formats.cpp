#include "headroom/image/picture_formats.h"

#include "headroom/core/lower_case.h"
#include "headroom/core/name_list.h"
#include "headroom/image/png_writer.h"

#include "jpeg_info.h"
#include "png_info.h"
#include "webp_info.h"

#include <algorithm>
#include <array>

namespace headroom {
namespace {

constexpr std::array<std::string_view, 1> kPng{".png"};
constexpr std::array<std::string_view, 2> kJpeg{".jpg", ".jpeg"};
constexpr std::array<std::string_view, 1> kWebp{".webp"};

constexpr std::array kFormats = std::to_array<PictureFormat>({
    {"PNG", kPng, "image/png", &is_png, &read_png_info, &read_png_orientation, true, &encode_png},
    {"JPEG", kJpeg, "image/jpeg", &is_jpeg, &read_jpeg_info, &read_jpeg_orientation, true, nullptr},
    {"WebP", kWebp, "image/webp", &is_webp, &read_webp_info, nullptr, false, nullptr},
});

}  // namespace

std::span<const PictureFormat> picture_formats() { return kFormats; }

const PictureFormat& usual_format() { return kFormats.front(); }

const PictureFormat* format_of(const std::filesystem::path& file) {
  const std::string extension = lower_ascii(file.extension().string());
  for (const PictureFormat& format : kFormats) {
    if (std::ranges::find(format.extensions, extension) != format.extensions.end()) return &format;
  }
  return nullptr;
}

const PictureFormat* format_of_bytes(std::string_view bytes) {
  for (const PictureFormat& format : kFormats) {
    if (format.is_one(bytes)) return &format;
  }
  return nullptr;
}

Orientation orientation_of_bytes(std::string_view bytes) {
  const PictureFormat* const format = format_of_bytes(bytes);
  const bool is_told = format != nullptr && format->read_orientation != nullptr;
  return is_told ? format->read_orientation(bytes) : Orientation{};
}

bool has_readable_pixels(const std::filesystem::path& file) {
  const PictureFormat* const format = format_of(file);
  return format != nullptr && format->has_pixels;
}

bool is_written(const std::filesystem::path& file) {
  const PictureFormat* const format = format_of(file);
  return format != nullptr && format->encode != nullptr;
}

std::string format_names(PictureUse use) { return say_format_names(use).english(); }

Message say_format_names(PictureUse use) {
  std::vector<std::string_view> names;
  for (const PictureFormat& format : kFormats) {
    const bool counts = use == PictureUse::kSettings ||
                        (use == PictureUse::kPixels ? format.has_pixels : format.encode != nullptr);
    if (counts) names.push_back(format.name);
  }
  return say_or_list(names);
}

}  // namespace headroom
