#include "headroom/model/vae_decoder.h"

#include "headroom/model/ops.h"

#include "vae_strips.h"

#include <string>
#include <utility>

#include <ATen/ops/upsample_nearest2d.h>

namespace headroom {

VaeDecoder::VaeDecoder(const VaeConfig& config, WeightSource& weights) : config_(config) {
  const std::int64_t latent = config.latent_channels;
  const std::vector<int>& c = config.block_out_channels;
  const auto blocks = c.size();
  if (config.use_post_quant_conv) {
    post_quant_conv_ = load_conv(weights, "post_quant_conv", latent, latent, 1);
  }
  conv_in_ = load_conv(weights, "decoder.conv_in", latent, c.back(), 3);
  mid_ = load_mid(weights, "decoder.mid_block", c.back(), config.mid_block_add_attention);
  std::int64_t channels = c.back();
  for (std::size_t i = 0; i < blocks; ++i) {
    const std::string prefix = "decoder.up_blocks." + std::to_string(i);
    const std::int64_t out = c[blocks - 1 - i];
    UpBlock block;
    for (int r = 0; r < config.layers_per_block + 1; ++r) {
      block.resnets.push_back(
          load_resnet(weights, prefix + ".resnets." + std::to_string(r), channels, out));
      channels = out;
    }
    if (i + 1 < blocks)
      block.upsampler = load_conv(weights, prefix + ".upsamplers.0.conv", out, out, 3);
    up_blocks_.push_back(std::move(block));
  }
  conv_norm_out_ = load_norm(weights, "decoder.conv_norm_out", channels);
  conv_out_ = load_conv(weights, "decoder.conv_out", channels, config.out_channels, 3);
}

at::Tensor VaeDecoder::forward(const at::Tensor& z, const BetweenLayers& between) const {
  const std::int64_t groups = config_.norm_num_groups;
  at::Tensor x = z.unsqueeze(0).contiguous(at::MemoryFormat::ChannelsLast);
  if (post_quant_conv_.weight.defined()) x = run_conv(post_quant_conv_, x);
  x = run_conv(conv_in_, x);
  x = run_mid(mid_, std::move(x), groups, between);
  for (const UpBlock& block : up_blocks_) {
    for (const VaeResnet& resnet : block.resnets) {
      if (between) between();
      x = run_resnet(resnet, std::move(x), groups);
    }
    if (block.upsampler.weight.defined()) {
      if (between) between();
      x = at::upsample_nearest2d(x, {2 * x.size(2), 2 * x.size(3)});
      x = run_conv(block.upsampler, x);
    }
  }
  if (between) between();
  x = group_norm(std::move(x), groups, conv_norm_out_.weight, conv_norm_out_.bias, /*silu=*/true);
  return run_conv(conv_out_, x).squeeze(0);
}

at::Tensor VaeDecoder::forward_tiled(const at::Tensor& z, std::int64_t strip_latents,
                                     const BetweenLayers& between) const {
  const auto run_layers = [this](auto& run) {
    constexpr bool kEnlarge = true;
    if (post_quant_conv_.weight.defined()) run.convolve(nullptr, post_quant_conv_, !kEnlarge);
    run.convolve(nullptr, conv_in_, !kEnlarge);
    run.resnet(mid_.first);
    if (mid_.has_attention) run.attend(mid_.attention);
    run.resnet(mid_.second);
    for (const UpBlock& block : up_blocks_) {
      for (const VaeResnet& resnet : block.resnets) run.resnet(resnet);
      if (block.upsampler.weight.defined()) run.convolve(nullptr, block.upsampler, kEnlarge);
    }
    run.convolve(&conv_norm_out_, conv_out_, !kEnlarge);
  };
  HeldValues held(z);
  run_layers(held);
  StripRun run(config_.norm_num_groups, strip_latents, z.size(1), z, held.most(), between);
  run_layers(run);
  return run.result().squeeze(0);
}

}  // namespace headroom
