#pragma once
#include "headroom/core/model_config.h"
#include "headroom/model/vae_layers.h"

#include <cstdint>
#include <vector>

namespace headroom {

// Picture -> mean and log-variance of its latents' distribution. Immutable; used on one thread at
// a time.
class VaeEncoder {
 public:
  VaeEncoder(const VaeConfig& config, WeightSource& weights);
  // image [3, H, W] in [-1, 1], sides multiples of scale -> [2C, H/scale, W/scale]: mean, then the
  // raw log-variance.
  [[nodiscard]] at::Tensor forward(const at::Tensor& image,
                                   const BetweenLayers& between = {}) const;
  // The same values, equal within rounding, in strips like VaeDecoder::forward_tiled(): each of
  // `strip_latents` rows of latents and the rows of pixels that belong to them. The result is in
  // host memory.
  [[nodiscard]] at::Tensor forward_tiled(const at::Tensor& image, std::int64_t strip_latents,
                                         const BetweenLayers& between = {}) const;

 private:
  struct DownBlock {
    std::vector<VaeResnet> resnets;
    VaeConv downsampler;  // undefined in the last block
  };
  VaeConfig config_;
  VaeConv quant_conv_, conv_in_, conv_out_;
  std::vector<DownBlock> down_blocks_;
  VaeMid mid_;
  VaeNorm conv_norm_out_;
};

}  // namespace headroom
