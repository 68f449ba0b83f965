#include "rrdb_net.h"

#include <string>
#include <utility>

#include <ATen/ops/add.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/upsample_nearest2d.h>

namespace headroom {
namespace {

constexpr double kSlope = 0.2;     // slope of the leaky ReLUs
constexpr double kResidual = 0.2;  // share of a block's output that is added to its input

at::Tensor convolve_and_activate(const VaeConv& conv, const at::Tensor& x) {
  at::Tensor y = run_conv(conv, x);
  at::leaky_relu_(y, kSlope);
  return y;
}

// The margin of the last stage: two convolutions at full size, and one at each smaller size.
std::int64_t tail_margin(int doublings) {
  std::int64_t margin = 2;
  for (int i = 0; i < doublings; ++i) margin = (margin + 1 + 1) / 2;
  return margin;
}

}  // namespace

RrdbNet::RrdbNet(const UpscalerConfig& config, WeightSource& weights) {
  const std::int64_t channels = config.channels;
  const std::int64_t growth = config.growth;
  const std::int64_t cell = std::int64_t{3} * config.unshuffle * config.unshuffle;
  conv_first_ = load_conv(weights, "conv_first", cell, channels, 3);
  stages_.push_back({.margin = 1, .channels = channels});
  for (int b = 0; b < config.blocks; ++b) {
    Block& block = blocks_.emplace_back();
    for (std::size_t d = 0; d < block.size(); ++d) {
      const std::string name = "body." + std::to_string(b) + ".rdb" + std::to_string(d + 1);
      for (std::size_t i = 0; i < kDenseLayers; ++i) {
        block[d][i] = load_conv(weights, name + ".conv" + std::to_string(i + 1),
                                channels + static_cast<std::int64_t>(i) * growth,
                                i + 1 == kDenseLayers ? channels : growth, 3);
      }
    }
    stages_.push_back(
        {.margin = static_cast<std::int64_t>(block.size() * kDenseLayers), .channels = channels});
  }
  conv_body_ = load_conv(weights, "conv_body", channels, channels, 3);
  stages_.push_back({.margin = 1, .channels = channels, .beside = 1});
  for (int i = 1; i <= config.doublings(); ++i) {
    doublings_.push_back(load_conv(weights, "conv_up" + std::to_string(i), channels, channels, 3));
  }
  conv_hr_ = load_conv(weights, "conv_hr", channels, channels, 3);
  conv_last_ = load_conv(weights, "conv_last", channels, 3, 3);
  stages_.push_back({.margin = tail_margin(config.doublings()),
                     .channels = 3,
                     .scale = std::int64_t{1} << config.doublings()});
}

at::Tensor RrdbNet::run(std::size_t stage, at::Tensor x, at::Tensor beside) const {
  if (stage == 0) return run_conv(conv_first_, x);
  if (stage <= blocks_.size()) return run_block(blocks_[stage - 1], std::move(x));
  if (stage > blocks_.size() + 1) return run_tail(std::move(x));
  at::Tensor y = run_conv(conv_body_, x);
  return y.add_(beside);
}

at::Tensor RrdbNet::run_dense(const DenseBlock& dense, at::Tensor x) {
  at::Tensor all = x;
  for (std::size_t i = 0; i + 1 < kDenseLayers; ++i) {
    const at::Tensor y = convolve_and_activate(dense[i], all);
    all = at::cat({all, y}, 1);
  }
  at::Tensor y = run_conv(dense.back(), all);
  all.reset();
  return at::add(x, y, kResidual);
}

at::Tensor RrdbNet::run_block(const Block& block, at::Tensor x) {
  at::Tensor y = x;
  for (const DenseBlock& dense : block) y = run_dense(dense, std::move(y));
  return at::add(x, y, kResidual);
}

at::Tensor RrdbNet::run_tail(at::Tensor x) const {
  for (const VaeConv& conv : doublings_) {
    x = at::upsample_nearest2d(x, {2 * x.size(2), 2 * x.size(3)});
    x = convolve_and_activate(conv, x);
  }
  x = convolve_and_activate(conv_hr_, x);
  return run_conv(conv_last_, x);
}

}  // namespace headroom
