#pragma once
#include "latent_preview.h"

#include <cstdint>
#include <functional>
#include <optional>

namespace headroom {

// latents [C, h, w] float32 on the CPU -> the decoded picture, [H, W, 3] uint8 on the CPU, with H
// / h = W / w whole.
using DecodeLatents = std::function<at::Tensor(const at::Tensor& latents)>;

// Fits the map for a decoder without a preview.json: least squares from random latents to the mean
// colours of the decoded pictures. Decodes kFittedPictures times `side` x `side` latents (side >=
// 4). Nothing, and so no previews, if the decoder's pictures are of one colour or not finite.
// Throws what `decode` throws.
[[nodiscard]] std::optional<LatentPreview> fit_preview(int channels, std::int64_t side,
                                                       const DecodeLatents& decode);

}  // namespace headroom
