#include "headroom/model/vae_encoder.h"

#include "headroom/model/ops.h"

#include "vae_strips.h"

#include <string>
#include <utility>

#include <ATen/ops/constant_pad_nd.h>

namespace headroom {

VaeEncoder::VaeEncoder(const VaeConfig& config, WeightSource& weights) : config_(config) {
  const std::int64_t moments = 2 * config.latent_channels;
  const std::vector<int>& c = config.block_out_channels;
  conv_in_ = load_conv(weights, "encoder.conv_in", config.in_channels, c.front(), 3);
  std::int64_t channels = c.front();
  for (std::size_t i = 0; i < c.size(); ++i) {
    const std::string prefix = "encoder.down_blocks." + std::to_string(i);
    DownBlock block;
    for (int r = 0; r < config.layers_per_block; ++r) {
      block.resnets.push_back(
          load_resnet(weights, prefix + ".resnets." + std::to_string(r), channels, c[i]));
      channels = c[i];
    }
    if (i + 1 < c.size()) {
      block.downsampler =
          load_conv(weights, prefix + ".downsamplers.0.conv", channels, channels, 3);
    }
    down_blocks_.push_back(std::move(block));
  }
  mid_ = load_mid(weights, "encoder.mid_block", channels, config.mid_block_add_attention);
  conv_norm_out_ = load_norm(weights, "encoder.conv_norm_out", channels);
  conv_out_ = load_conv(weights, "encoder.conv_out", channels, moments, 3);
  if (config.use_quant_conv) quant_conv_ = load_conv(weights, "quant_conv", moments, moments, 1);
}

at::Tensor VaeEncoder::forward(const at::Tensor& image, const BetweenLayers& between) const {
  const std::int64_t groups = config_.norm_num_groups;
  at::Tensor x = image.unsqueeze(0).contiguous(at::MemoryFormat::ChannelsLast);
  x = run_conv(conv_in_, x);
  for (const DownBlock& block : down_blocks_) {
    for (const VaeResnet& resnet : block.resnets) {
      if (between) between();
      x = run_resnet(resnet, std::move(x), groups);
    }
    if (block.downsampler.weight.defined()) {
      if (between) between();
      x = at::constant_pad_nd(x, {0, 1, 0, 1}, 0);  // right and bottom only, as the reference pads
      x = conv2d(x, block.downsampler.weight, block.downsampler.bias, /*stride=*/2, /*padding=*/0);
    }
  }
  x = run_mid(mid_, std::move(x), groups, between);
  x = group_norm(std::move(x), groups, conv_norm_out_.weight, conv_norm_out_.bias, /*silu=*/true);
  x = run_conv(conv_out_, x);
  if (quant_conv_.weight.defined()) x = run_conv(quant_conv_, x);
  return x.squeeze(0);
}

at::Tensor VaeEncoder::forward_tiled(const at::Tensor& image, std::int64_t strip_latents,
                                     const BetweenLayers& between) const {
  const auto run_layers = [this](auto& run) {
    constexpr bool kEnlarge = true;
    run.convolve(nullptr, conv_in_, !kEnlarge);
    for (const DownBlock& block : down_blocks_) {
      for (const VaeResnet& resnet : block.resnets) run.resnet(resnet);
      if (block.downsampler.weight.defined()) run.shrink(block.downsampler);
    }
    run.resnet(mid_.first);
    if (mid_.has_attention) run.attend(mid_.attention);
    run.resnet(mid_.second);
    run.convolve(&conv_norm_out_, conv_out_, !kEnlarge);
    if (quant_conv_.weight.defined()) run.convolve(nullptr, quant_conv_, !kEnlarge);
  };
  HeldValues held(image);
  run_layers(held);
  StripRun run(config_.norm_num_groups, strip_latents, image.size(1) / config_.scale(), image,
               held.most(), between);
  run_layers(run);
  return run.result().squeeze(0);
}

}  // namespace headroom
