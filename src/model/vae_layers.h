#pragma once
#include "headroom/model/vae.h"

#include <string>

// Loading and running the parts that the VAE's encoder and decoder share.
namespace headroom {

VaeConv load_conv(WeightSource& weights, const std::string& name, std::int64_t in, std::int64_t out,
                  std::int64_t kernel);
VaeNorm load_norm(WeightSource& weights, const std::string& name, std::int64_t channels);
VaeResnet load_resnet(WeightSource& weights, const std::string& prefix, std::int64_t in,
                      std::int64_t out);
VaeMid load_mid(WeightSource& weights, const std::string& prefix, std::int64_t channels,
                bool attention);

// x [1, C, H, W]; each consumes its input.
at::Tensor run_conv(const VaeConv& conv, const at::Tensor& x,
                    std::int64_t stride = 1);  // same padding
at::Tensor run_resnet(const VaeResnet& resnet, at::Tensor x, std::int64_t groups);
at::Tensor run_mid(const VaeMid& mid, at::Tensor x, std::int64_t groups,
                   const BetweenLayers& between);

}  // namespace headroom
