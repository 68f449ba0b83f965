#pragma once
#include "headroom/model/vae_layers.h"
#include "headroom/model/weight_source.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include <ATen/core/TensorBody.h>

namespace headroom {

// The decoder of TAEF1, madebyollin's tiny autoencoder for FLUX.1's latents, as in diffusers'
// AutoencoderTiny: for previews. Four levels at 1, 2, 4 and 8 pixels per latent. Each is computed
// in strips of rows, with the rows around them that its convolutions reach, so that only its input
// and its output are held whole. Immutable; used on one thread at a time.
class TinyDecoder {
 public:
  static constexpr std::int64_t kLatentChannels = 16;
  static constexpr std::int64_t kScale = 8;
  static constexpr std::int64_t kStripBytes = 4 * 1024 * 1024;

  // By diffusers' names, "decoder.layers.N...". Throws what the source throws.
  explicit TinyDecoder(WeightSource& weights);

  // latents [16, h, w], as the sampler has them -> picture [8h, 8w, 3] uint8, contiguous. `between`
  // is called before each strip and may throw to stop. `strip_bytes`: about how much one plane of a
  // strip takes; results differ by rounding only.
  [[nodiscard]] at::Tensor forward(const at::Tensor& latents,
                                   const std::function<void()>& between = {},
                                   std::int64_t strip_bytes = kStripBytes) const;

 private:
  using Block = std::array<VaeConv, 3>;
  // x is enlarged first, except on level 0; then a convolution, blocks, and on the last level the
  // convolution to colours.
  struct Level {
    std::int64_t scale = 1;
    std::int64_t margin = 0;  // rows of its input around a strip that its result depends on
    VaeConv first;
    std::vector<Block> blocks;
    VaeConv last;  // undefined except on the last level
  };
  // x [1, C, h, w] channels-last -> [1, 64 or 3, scale h, scale w]
  [[nodiscard]] static at::Tensor run(const Level& level, at::Tensor x);
  [[nodiscard]] static at::Tensor run_in_strips(const Level& level, const at::Tensor& x,
                                                const std::function<void()>& between,
                                                std::int64_t strip_bytes);
  std::array<Level, 4> levels_;
};

}  // namespace headroom
