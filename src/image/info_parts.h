#pragma once
#include "headroom/image/picture_info.h"

#include "png_text.h"

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

namespace headroom {

// Helpers by which the formats' readers fill a PictureInfo.

[[noreturn]] void refuse_picture(const std::filesystem::path& file, const Message& what);
// Refuses a picture that ends too early, unless something was read from it before.
void end_early(const std::filesystem::path& file, PictureInfo& info);
void append(PictureInfo& info, std::vector<PictureText> texts);
void add_exif(PictureInfo& info, std::string_view block);
void add_text(PictureInfo& info, ReadPngText read);

// Why pixels are not read, for prices and offers as for the decoder itself: of a format without
// them, and beyond the limit.
inline constexpr int kMostSide_px = 16384;
[[nodiscard]] Message say_no_pixels();
[[nodiscard]] Message say_too_large();

// The big-endian number in `bytes`, at most four.
[[nodiscard]] std::uint32_t big_endian(std::string_view bytes);
[[nodiscard]] std::uint32_t little_endian(std::string_view bytes);

}  // namespace headroom
