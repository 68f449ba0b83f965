#pragma once
#include "headroom/model/upscale_network.h"

#include <cstdint>
#include <functional>

#include <ATen/core/TensorBody.h>

namespace headroom {

// A rectangle of a plane, in cells or pixels.
struct PieceRect {
  std::int64_t top = 0, left = 0, height = 0, width = 0;
};

// What is called while a picture is enlarged.
struct PieceHooks {
  // Before each piece; may throw to stop.
  std::function<void(std::int64_t done, std::int64_t total)> before;
  // A finished piece of the result, [1, 3, h, w] on the device, and where it belongs, in pixels.
  std::function<void(const at::Tensor& piece, const PieceRect& place)> finished;
};

// In how many pieces a plane of this size is worked on, `side` being the largest side of one: as
// alike as they can be. 0: all at once.
[[nodiscard]] std::int64_t piece_count(std::int64_t height, std::int64_t width, std::int64_t side);

// Enlarges `picture` [1, 3 unshuffle^2, h, w], float32 in host memory, on `device`. With `side` 0
// at once, all planes on the device. Else each stage runs over the whole picture before the next
// begins, piece by piece, and the planes between lie in host memory: the same result within
// rounding, while the device holds no more than the largest piece with its margin. On meta tensors
// only that piece of each stage is gone through, since it asks for most.
void upscale_in_pieces(const UpscaleNetwork& network, const at::Tensor& picture, std::int64_t side,
                       at::Device device, const PieceHooks& hooks);

}  // namespace headroom
