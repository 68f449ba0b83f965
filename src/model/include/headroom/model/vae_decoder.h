#pragma once
#include "headroom/core/model_config.h"
#include "headroom/model/vae_layers.h"

#include <cstdint>
#include <vector>

namespace headroom {

// Latents -> picture. Immutable; used on one thread at a time.
class VaeDecoder {
 public:
  VaeDecoder(const VaeConfig& config, WeightSource& weights);
  // z [C, h, w], already unscaled (latents / scaling_factor + shift_factor), in the weights'
  // number format -> [3, h*scale, w*scale], nominally in [-1, 1], not clamped.
  [[nodiscard]] at::Tensor forward(const at::Tensor& z, const BetweenLayers& between = {}) const;
  // The same picture, equal within rounding, computed in strips of `strip_latents` rows of
  // latents: only one strip, and the input of the next, are on the device. Each layer goes over
  // the whole picture, which lies in host memory, before the next begins, so that GroupNorm has
  // the statistics of the whole picture. The result is in host memory.
  [[nodiscard]] at::Tensor forward_tiled(const at::Tensor& z, std::int64_t strip_latents,
                                         const BetweenLayers& between = {}) const;

 private:
  struct UpBlock {
    std::vector<VaeResnet> resnets;
    VaeConv upsampler;  // undefined in the last block
  };
  VaeConfig config_;
  VaeConv post_quant_conv_, conv_in_, conv_out_;
  VaeMid mid_;
  std::vector<UpBlock> up_blocks_;
  VaeNorm conv_norm_out_;
};

}  // namespace headroom
