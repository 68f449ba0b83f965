#pragma once
#include "preview.h"

#include <cstdint>
#include <functional>
#include <optional>

namespace headroom {

// latents [C, h, w] float32 on the CPU -> the picture of them, [H, W, 3] uint8 on the CPU, its
// sides the same multiple of h and w.
using DecodeLatents = std::function<at::Tensor(const at::Tensor& latents)>;

// The map for a decoder that brings none: by least squares from random latents to the mean colours
// of what the decoder makes of them. Decodes kFittedPictures times `side` x `side` latents (side >=
// 4). Nothing where the decoder's pictures are of one colour or not numbers: no previews then.
// Throws what `decode` throws.
[[nodiscard]] std::optional<LatentPreview> fit_preview(int channels, std::int64_t side,
                                                       const DecodeLatents& decode);

}  // namespace headroom
