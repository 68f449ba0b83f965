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

// Callbacks while a picture is enlarged.
struct PieceHooks {
  // Before each piece; may throw to stop.
  std::function<void(std::int64_t done, std::int64_t total)> before;
  // Receives a finished piece of the result, [1, 3, h, w] on the device, and its place, in pixels.
  std::function<void(const at::Tensor& piece, const PieceRect& place)> finished;
};

// The number of pieces for a plane of this size if a piece's side is at most `side`; pieces are as
// equal as possible. `side` 0: one piece.
[[nodiscard]] std::int64_t piece_count(std::int64_t height, std::int64_t width, std::int64_t side);

// Enlarges `picture` [1, 3 unshuffle^2, h, w], float32 in host memory, on `device`. With `side` 0
// at once, with all planes on the device. Otherwise each stage runs over the whole picture before
// the next begins, piece by piece, and intermediate planes are in host memory: the result is the
// same within rounding, and the device holds no more than the largest piece with its margin. On
// meta tensors only that piece of each stage is run, since it needs most.
void upscale_in_pieces(const UpscaleNetwork& network, const at::Tensor& picture, std::int64_t side,
                       at::Device device, const PieceHooks& hooks);

}  // namespace headroom
