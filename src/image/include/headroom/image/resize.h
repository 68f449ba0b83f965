#pragma once
#include "headroom/core/image.h"

#include <cstdint>
#include <vector>

namespace headroom {

// Pillow's 8-bit Lanczos (a = 3): horizontal pass, rounded and clamped to 8 bits, then vertical.
// Equal to Pillow's own result, value for value. All functions here throw Error{kInternal} on a
// malformed picture or a size below 1 px.
[[nodiscard]] Image resize_lanczos(const Image& image, int width, int height);

[[nodiscard]] GreyImage resize_lanczos(const GreyImage& image, int width, int height);

// The middle part of a picture that is at least as large.
[[nodiscard]] Image cut_evenly(const Image& image, int width, int height);

// Brings a picture to this size: the longer direction is cropped evenly on both sides to the new
// shape, then the rest is resized by Lanczos if its size differs.
[[nodiscard]] Image fit(const Image& image, int width, int height);

// Brightness (ITU-R BT.601) with Pillow's rounding, for masks that are colour pictures. As in the
// reference, resize first.
[[nodiscard]] GreyImage to_grey(const Image& image);

// An inpainting mask at the picture's size: resize_lanczos, then 1 (repaint) where the value is at
// least half of white, else 0.
[[nodiscard]] GreyImage binary_mask(const GreyImage& mask, int width, int height);

}  // namespace headroom
