#pragma once
#include "headroom/core/model_config.h"
#include "headroom/model/weight_source.h"

#include <functional>
#include <vector>

namespace headroom {

// Building blocks that encoder and decoder of AutoencoderKL share (FLUX.1's kind).
struct VaeConv {
  at::Tensor weight, bias;  // [Co, Ci, k, k] channels-last, [Co]
};
struct VaeNorm {
  at::Tensor weight, bias;  // [C]
};
struct VaeResnet {
  VaeNorm norm1, norm2;
  VaeConv conv1, conv2, conv_shortcut;  // conv_shortcut undefined when the channels stay
};
struct VaeAttention {
  VaeNorm group_norm;
  at::Tensor q_weight, q_bias, k_weight, k_bias, v_weight, v_bias, out_weight, out_bias;
};
struct VaeMid {
  VaeResnet first, second;
  bool has_attention = false;
  VaeAttention attention;
};

// Called between two layers; may throw to stop.
using BetweenLayers = std::function<void()>;

// Latents -> picture. Immutable; used on one thread at a time.
class VaeDecoder {
 public:
  VaeDecoder(const VaeConfig& config, WeightSource& weights);
  // z [C, h, w] already unscaled (latents / scaling_factor + shift_factor), in the weights' number
  // format -> [3, h*scale, w*scale], nominally in [-1, 1], not clamped.
  [[nodiscard]] at::Tensor forward(const at::Tensor& z, const BetweenLayers& between = {}) const;
  // The same picture, equal within rounding, with only a strip of `strip_latents` rows of latents,
  // and the input of the next, on the device: each layer goes over the whole picture, which lies in
  // host memory, before the next begins, so that GroupNorm sees the statistics of all of it. The
  // result lies in host memory.
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

// Picture -> moments of the latents' distribution. Immutable; used on one thread at a time.
class VaeEncoder {
 public:
  VaeEncoder(const VaeConfig& config, WeightSource& weights);
  // image [3, H, W] in [-1, 1], sides multiples of scale -> [2C, H/scale, W/scale]: mean, then the
  // raw log-variance.
  [[nodiscard]] at::Tensor forward(const at::Tensor& image,
                                   const BetweenLayers& between = {}) const;
  // The same moments, equal within rounding, in strips as VaeDecoder::forward_tiled() has them:
  // each of `strip_latents` rows of latents, and as many more of pixels. The result lies in host
  // memory.
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

// The reference implementation's tiling, which blends overlapping tiles linearly and so changes the
// picture slightly; kept for parity with it. tile_latent is a multiple of 4, overlap a quarter.
[[nodiscard]] at::Tensor decode_blended_tiles(const VaeDecoder& decoder, const VaeConfig& config,
                                              const at::Tensor& z, std::int64_t tile_latent);
[[nodiscard]] at::Tensor encode_blended_tiles(const VaeEncoder& encoder, const VaeConfig& config,
                                              const at::Tensor& image, std::int64_t tile_px);

}  // namespace headroom
