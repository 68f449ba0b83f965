#include "headroom/model/tiny_decoder.h"

#include "headroom/device/memory_tag.h"

#include <algorithm>
#include <string>
#include <utility>

#include <ATen/ops/empty.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/tanh.h>
#include <ATen/ops/upsample_nearest2d.h>

namespace headroom {
namespace {

constexpr std::int64_t kWidth = 64;  // channels between the layers
constexpr std::int64_t kColours = 3;
constexpr std::int64_t kLeastRows = 8;  // of a level's input in a strip
constexpr double kClamp = 3;            // latents are squashed to -3..3

std::string layer_name(int layer) { return "decoder.layers." + std::to_string(layer); }

VaeConv load_without_bias(WeightSource& weights, const std::string& name) {
  const ScopedMemoryTag tag(MemoryTag::kWeights);
  return {weights.get(name + ".weight", {kWidth, kWidth, 3, 3})
              .contiguous(at::MemoryFormat::ChannelsLast),
          {}};
}

}  // namespace

TinyDecoder::TinyDecoder(WeightSource& weights) {
  constexpr std::array kBlocks{3, 3, 3, 1};
  int layer = 0;
  for (std::size_t i = 0; i < levels_.size(); ++i) {
    Level& level = levels_[i];
    if (i == 0) {
      level.first = load_conv(weights, layer_name(layer), kLatentChannels, kWidth, 3);
      ++layer;  // the ReLU
    } else {
      level.scale = 2;
      ++layer;  // the doubling
      level.first = load_without_bias(weights, layer_name(layer));
    }
    ++layer;
    std::int64_t reach = 1;  // of the level's convolutions, in rows of its output
    for (int b = 0; b < kBlocks[i]; ++b, ++layer) {
      Block& block = level.blocks.emplace_back();
      for (std::size_t c = 0; c < block.size(); ++c, ++reach) {
        block[c] = load_conv(weights, layer_name(layer) + ".conv." + std::to_string(2 * c), kWidth,
                             kWidth, 3);
      }
    }
    if (i + 1 == levels_.size()) {
      level.last = load_conv(weights, layer_name(layer), kWidth, kColours, 3);
      ++reach;
    }
    level.margin = (reach + level.scale - 1) / level.scale;
  }
}

at::Tensor TinyDecoder::run(const Level& level, at::Tensor x) {
  if (level.scale > 1) {
    x = at::upsample_nearest2d(x, {level.scale * x.size(2), level.scale * x.size(3)});
  }
  x = run_conv(level.first, x);
  if (level.scale == 1) at::relu_(x);
  for (const Block& block : level.blocks) {
    at::Tensor y = run_conv(block[0], x);
    at::relu_(y);
    y = run_conv(block[1], y);
    at::relu_(y);
    y = run_conv(block[2], y);
    y.add_(x);
    at::relu_(y);
    x = std::move(y);
  }
  return level.last.weight.defined() ? run_conv(level.last, x) : x;
}

at::Tensor TinyDecoder::run_in_strips(const Level& level, const at::Tensor& x,
                                      const std::function<void()>& between,
                                      std::int64_t strip_bytes) {
  const std::int64_t height = x.size(2);
  const std::int64_t s = level.scale;
  const auto row_bytes = static_cast<std::int64_t>(x.element_size()) * kWidth * s * s * x.size(3);
  const std::int64_t rows = std::max(kLeastRows, strip_bytes / row_bytes - 2 * level.margin);
  const std::int64_t channels = level.last.weight.defined() ? kColours : kWidth;
  const at::Tensor all = at::empty({1, channels, s * height, s * x.size(3)}, x.options(),
                                   at::MemoryFormat::ChannelsLast);
  for (std::int64_t from = 0; from < height; from += rows) {
    if (between) between();
    const std::int64_t to = std::min(height, from + rows);
    const std::int64_t top = std::max<std::int64_t>(0, from - level.margin);
    const std::int64_t bottom = std::min(height, to + level.margin);
    const at::Tensor strip = run(level, x.slice(2, top, bottom));
    all.slice(2, s * from, s * to).copy_(strip.slice(2, s * (from - top), s * (to - top)));
  }
  return all;
}

at::Tensor TinyDecoder::forward(const at::Tensor& latents, const std::function<void()>& between,
                                std::int64_t strip_bytes) const {
  const at::Tensor& weight = levels_.front().first.weight;
  at::Tensor x = at::empty({1, latents.size(0), latents.size(1), latents.size(2)}, weight.options(),
                           at::MemoryFormat::ChannelsLast);
  x.copy_(latents.unsqueeze(0));
  x.div_(kClamp).tanh_().mul_(kClamp);
  for (const Level& level : levels_) x = run_in_strips(level, x, between, strip_bytes);
  x.clamp_(0, 1).mul_(255).round_();
  return x.squeeze(0).permute({1, 2, 0}).to(at::kByte).contiguous();
}

}  // namespace headroom
