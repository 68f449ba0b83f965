#pragma once
#include "headroom/core/image.h"
#include "headroom/image/picture_text.h"

#include <string>
#include <vector>

namespace headroom {

// Encodes `image` as an 8-bit RGB PNG with `texts`. Throws Error{kInternal} on a malformed image
// (more than 16384 px a side counts as such) or text (bad keyword, not UTF-8, a zero byte).
// Any number of threads.
[[nodiscard]] std::string encode_png(const Image& image, const std::vector<PictureText>& texts);
// The same as RGBA, if `alpha` is not empty; it must have the picture's size.
[[nodiscard]] std::string encode_png_with_alpha(const Image& image, const GreyImage& alpha,
                                                const std::vector<PictureText>& texts);
// Whether a text from any kind of file can be written into a PNG.
[[nodiscard]] bool can_stand_in_png(const PictureText& text);

}  // namespace headroom
