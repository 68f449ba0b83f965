#include "srvgg_net.h"

#include <algorithm>
#include <string>
#include <utility>

#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/prelu.h>

namespace headroom {
namespace {

// With more layers, larger margins would be computed twice; with fewer, planes would be copied
// more often.
constexpr std::size_t kLayersOfStage = 8;

// A channels-last [1, C, s h, s w] as [h, s, w, s, C]: grouped by the source pixel of each pixel.
at::Tensor by_source(const at::Tensor& x, std::int64_t s) {
  return x.permute({0, 2, 3, 1}).view({x.size(2) / s, s, x.size(3) / s, s, x.size(1)});
}

// [1, C s^2, h, w] -> [1, C, s h, s w], both channels-last, in one copy (Shi et al. 2016).
at::Tensor shuffle_pixels(const at::Tensor& x, std::int64_t s) {
  const std::int64_t c = x.size(1) / (s * s);
  const std::int64_t h = x.size(2);
  const std::int64_t w = x.size(3);
  at::Tensor out = at::empty({1, c, s * h, s * w}, x.options(), at::MemoryFormat::ChannelsLast);
  by_source(out, s).copy_(x.permute({0, 2, 3, 1}).view({h, w, c, s, s}).permute({0, 3, 1, 4, 2}));
  return out;
}

// x += picture enlarged by nearest neighbour, without a tensor of the enlarged size.
void add_enlarged(const at::Tensor& x, const at::Tensor& picture, std::int64_t s) {
  by_source(x, s).add_(by_source(picture, 1));
}

at::Tensor parametric_relu(const at::Tensor& x, const at::Tensor& slopes) {
  // libtorch has no prelu for meta tensors.
  return x.is_meta() ? at::empty_like(x) : at::prelu(x, slopes);
}

}  // namespace

SrvggNet::SrvggNet(const UpscalerConfig& config, WeightSource& weights) : scale_(config.scale) {
  const std::int64_t channels = config.channels;
  const int last = config.blocks + 1;
  for (int i = 0; i <= last; ++i) {
    Layer& layer = layers_.emplace_back();
    layer.conv = load_conv(weights, "body." + std::to_string(2 * i), i == 0 ? 3 : channels,
                           i == last ? 3 * scale_ * scale_ : channels, 3);
    if (i < last) {
      layer.slopes = weights.get("body." + std::to_string(2 * i + 1) + ".weight", {channels});
    }
  }
  for (std::size_t first = 0; first < layers_.size(); first += kLayersOfStage) {
    const std::size_t count = std::min(kLayersOfStage, layers_.size() - first);
    stages_.push_back({.margin = static_cast<std::int64_t>(count), .channels = channels});
  }
  stages_.back().channels = 3;
  stages_.back().scale = scale_;
  stages_.back().beside = 0;
}

at::Tensor SrvggNet::run(std::size_t stage, at::Tensor x, at::Tensor beside) const {
  const std::size_t first = stage * kLayersOfStage;
  const std::size_t end = std::min(first + kLayersOfStage, layers_.size());
  for (std::size_t i = first; i < end; ++i) {
    x = run_conv(layers_[i].conv, x);
    if (layers_[i].slopes.defined()) x = parametric_relu(x, layers_[i].slopes);
  }
  if (end < layers_.size()) return x;
  x = shuffle_pixels(x, scale_);
  add_enlarged(x, beside, scale_);
  return x;
}

}  // namespace headroom
