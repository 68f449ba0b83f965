#pragma once
#include "headroom/model/weight_source.h"

#include <functional>
#include <string>

namespace headroom {

// The parts that encoder and decoder of AutoencoderKL (FLUX.1's kind) share, and how they are
// loaded and run; upscalers use VaeConv as well.
struct VaeConv {
  at::Tensor weight, bias;  // [Co, Ci, k, k] channels-last, [Co]
};
struct VaeNorm {
  at::Tensor weight, bias;  // [C]
};
struct VaeResnet {
  VaeNorm norm1, norm2;
  // The shortcut is undefined when the number of channels stays the same.
  VaeConv conv1, conv2, conv_shortcut;
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

// Named as in diffusers' files, "NAME.weight" and "NAME.bias". These throw what the source throws.
VaeConv load_conv(WeightSource& weights, const std::string& name, std::int64_t in, std::int64_t out,
                  std::int64_t kernel);
VaeNorm load_norm(WeightSource& weights, const std::string& name, std::int64_t channels);
VaeResnet load_resnet(WeightSource& weights, const std::string& prefix, std::int64_t in,
                      std::int64_t out);
VaeMid load_mid(WeightSource& weights, const std::string& prefix, std::int64_t channels,
                bool attention);

// x [1, C, H, W] channels-last; all but run_conv() consume x.
at::Tensor run_conv(const VaeConv& conv, const at::Tensor& x,
                    std::int64_t stride = 1);  // same padding
at::Tensor run_resnet(const VaeResnet& resnet, at::Tensor x, std::int64_t groups);
at::Tensor run_mid(const VaeMid& mid, at::Tensor x, std::int64_t groups,
                   const BetweenLayers& between);

}  // namespace headroom
