#include "headroom/model/transformer.h"

#include "ops.h"
#include "rotary.h"

#include <cmath>
#include <utility>

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/cos.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/sin.h>
#include <ATen/ops/silu.h>

namespace headroom {
namespace {

constexpr double kQkNormEps = 1e-5;     // fixed in the reference, whatever norm_eps says
constexpr double kFinalNormEps = 1e-6;  // likewise
constexpr std::int64_t kTimeFrequencies = 256;
constexpr std::int64_t kTimeHidden = 1024;

void show(const Trace& trace, std::string_view name, const at::Tensor& value) {
  if (trace) trace(name, value);
}

// [C, h, w] -> [h/p * w/p, p*p*C]; element (ph, pw, c) of a token is latent [c, p*y + ph, p*x + pw].
at::Tensor patchify(const at::Tensor& latents, std::int64_t p) {
  const std::int64_t c = latents.size(0);
  const std::int64_t rows = latents.size(1) / p;
  const std::int64_t columns = latents.size(2) / p;
  return latents.view({c, rows, p, columns, p})
      .permute({1, 3, 2, 4, 0})
      .reshape({rows * columns, p * p * c});
}

at::Tensor unpatchify(const at::Tensor& tokens, std::int64_t c, std::int64_t h, std::int64_t w,
                      std::int64_t p) {
  return tokens.view({h / p, w / p, p, p, c}).permute({4, 0, 2, 1, 3}).reshape({c, h, w});
}

}  // namespace

Transformer::Transformer(const TransformerConfig& config, WeightSource& weights)
    : config_(config), options_(weights.options()) {
  const std::int64_t d = config.dim;
  const std::int64_t patch = config.patch_size * config.patch_size * config.frame_patch_size;
  const std::int64_t token = patch * config.in_channels;
  const std::int64_t a = config.adaln_dim();
  const std::string key =
      std::to_string(config.patch_size) + "-" + std::to_string(config.frame_patch_size);

  const std::string embedder = "all_x_embedder." + key;
  x_embedder_weight_ = weights.get(embedder + ".weight", {d, token});
  x_embedder_bias_ = weights.get(embedder + ".bias", {d});
  x_pad_token_ = weights.get("x_pad_token", {1, d});
  cap_norm_ = weights.get("cap_embedder.0.weight", {config.cap_feat_dim});
  cap_embedder_weight_ = weights.get("cap_embedder.1.weight", {d, config.cap_feat_dim});
  cap_embedder_bias_ = weights.get("cap_embedder.1.bias", {d});
  cap_pad_token_ = weights.get("cap_pad_token", {1, d});
  t_mlp0_weight_ = weights.get("t_embedder.mlp.0.weight", {kTimeHidden, kTimeFrequencies});
  t_mlp0_bias_ = weights.get("t_embedder.mlp.0.bias", {kTimeHidden});
  t_mlp2_weight_ = weights.get("t_embedder.mlp.2.weight", {a, kTimeHidden});
  t_mlp2_bias_ = weights.get("t_embedder.mlp.2.bias", {a});
  for (int i = 0; i < config.n_refiner_layers; ++i) {
    noise_refiner_.push_back(load_block(weights, "noise_refiner." + std::to_string(i), true));
    context_refiner_.push_back(load_block(weights, "context_refiner." + std::to_string(i), false));
  }
  for (int i = 0; i < config.n_layers; ++i) {
    layers_.push_back(load_block(weights, "layers." + std::to_string(i), true));
  }
  const std::string final_layer = "all_final_layer." + key;
  final_weight_ = weights.get(final_layer + ".linear.weight", {token, d});
  final_bias_ = weights.get(final_layer + ".linear.bias", {token});
  final_adaln_weight_ = weights.get(final_layer + ".adaLN_modulation.1.weight", {d, a});
  final_adaln_bias_ = weights.get(final_layer + ".adaLN_modulation.1.bias", {d});
}

Transformer::Block Transformer::load_block(WeightSource& weights, const std::string& prefix,
                                           bool modulated) const {
  const std::int64_t d = config_.dim;
  const std::int64_t f = config_.ffn_dim();
  const std::int64_t hd = config_.head_dim();
  const auto get = [&](const char* name, at::IntArrayRef shape) {
    return weights.get(prefix + "." + name, shape);
  };
  Block b;
  b.to_q = get("attention.to_q.weight", {d, d});
  b.to_k = get("attention.to_k.weight", {d, d});
  b.to_v = get("attention.to_v.weight", {d, d});
  b.to_out = get("attention.to_out.0.weight", {d, d});
  b.norm_q = get("attention.norm_q.weight", {hd});
  b.norm_k = get("attention.norm_k.weight", {hd});
  b.attention_norm1 = get("attention_norm1.weight", {d});
  b.attention_norm2 = get("attention_norm2.weight", {d});
  b.ffn_norm1 = get("ffn_norm1.weight", {d});
  b.ffn_norm2 = get("ffn_norm2.weight", {d});
  b.w1 = get("feed_forward.w1.weight", {f, d});
  b.w2 = get("feed_forward.w2.weight", {d, f});
  b.w3 = get("feed_forward.w3.weight", {f, d});
  if (modulated) {
    b.adaln_weight = get("adaLN_modulation.0.weight", {4 * d, config_.adaln_dim()});
    b.adaln_bias = get("adaLN_modulation.0.bias", {4 * d});
  }
  return b;
}

at::Tensor Transformer::time_embedding(float tau) const {
  constexpr std::int64_t kHalf = kTimeFrequencies / 2;
  at::Tensor embedding;  // [1, 256]
  if (options_.device().is_meta()) {
    embedding = at::empty({1, kTimeFrequencies}, options_);
  } else {
    const at::Tensor exponent = at::arange(kHalf, at::kFloat).mul_(-std::log(10000.0)).div_(kHalf);
    const auto time = tau * static_cast<float>(config_.t_scale);
    const at::Tensor angle = exponent.exp_().mul_(time);
    embedding = at::cat({at::cos(angle), at::sin(angle)}).unsqueeze(0).to(options_);
  }
  at::Tensor hidden = linear(embedding, t_mlp0_weight_, t_mlp0_bias_);
  return linear(at::silu_(hidden), t_mlp2_weight_, t_mlp2_bias_).squeeze(0);
}

void Transformer::run_block(const Block& block, at::Tensor x, const at::Tensor& temb,
                            const at::Tensor& rotation) const {
  // The modulation folds into the norms' weights: norm(x) * (1 + scale) and tanh(gate) * norm(y) are
  // products along the same axis.
  at::Tensor norm1 = block.attention_norm1;
  at::Tensor norm2 = block.attention_norm2;
  at::Tensor ffn1 = block.ffn_norm1;
  at::Tensor ffn2 = block.ffn_norm2;
  if (temb.defined()) {
    const at::Tensor m = linear(temb.unsqueeze(0), block.adaln_weight, block.adaln_bias).to(at::kFloat);
    const std::int64_t d = config_.dim;
    const auto part = [&](std::int64_t i) { return m.select(0, 0).narrow(0, i * d, d); };
    norm1 = at::mul(part(0).add_(1.0), norm1);
    norm2 = at::mul(part(1).tanh_(), norm2);
    ffn1 = at::mul(part(2).add_(1.0), ffn1);
    ffn2 = at::mul(part(3).tanh_(), ffn2);
  }
  const std::int64_t tokens = x.size(0);
  const std::int64_t heads = config_.n_heads;
  const std::int64_t hd = config_.head_dim();
  {
    at::Tensor h = rms_norm(x, norm1, config_.norm_eps);
    const auto split = [&](const at::Tensor& weight) {
      return linear(h, weight).view({tokens, heads, hd});
    };
    at::Tensor q = rotate_pairs(rms_norm_consuming(split(block.to_q), block.norm_q, kQkNormEps), rotation);
    at::Tensor k = rotate_pairs(rms_norm_consuming(split(block.to_k), block.norm_k, kQkNormEps), rotation);
    at::Tensor v = split(block.to_v);
    h.reset();
    at::Tensor mixed = attention(q, k, v, /*causal=*/false);
    q.reset();
    k.reset();
    v.reset();
    at::Tensor out = linear(mixed, block.to_out);
    mixed.reset();
    x.add_(rms_norm_consuming(std::move(out), norm2, config_.norm_eps));
  }
  at::Tensor h = rms_norm(x, ffn1, config_.norm_eps);
  at::Tensor hidden = linear(h, block.w1);
  at::silu_(hidden);
  hidden.mul_(linear(h, block.w3));
  h.reset();
  at::Tensor out = linear(hidden, block.w2);
  hidden.reset();
  x.add_(rms_norm_consuming(std::move(out), ffn2, config_.norm_eps));
}

CaptionTokens Transformer::embed_caption(const at::Tensor& features, std::int64_t h, std::int64_t w,
                                         const Trace& trace) const {
  const std::int64_t length = features.size(0);
  const std::int64_t rows = ceil32(length);
  const RotaryConfig rotary{config_.rope_theta, config_.axes_dims};
  CaptionTokens caption;
  caption.rotation = joint_rotation(rotary, h / config_.patch_size, w / config_.patch_size, rows,
                                    options_.device());
  caption.tokens = at::empty({rows, config_.dim}, options_);
  caption.tokens.narrow(0, 0, length)
      .copy_(linear(rms_norm(features, cap_norm_, config_.norm_eps), cap_embedder_weight_,
                    cap_embedder_bias_));
  caption.tokens.narrow(0, length, rows - length).copy_(cap_pad_token_);
  show(trace, "cap_padded", caption.tokens);
  const std::int64_t image_rows = caption.rotation.size(0) - rows;
  const at::Tensor rotation = caption.rotation.narrow(0, image_rows, rows);
  for (std::size_t i = 0; i < context_refiner_.size(); ++i) {
    run_block(context_refiner_[i], caption.tokens, {}, rotation);
    show(trace, "context_refiner" + std::to_string(i), caption.tokens);
  }
  return caption;
}

at::Tensor Transformer::forward(const at::Tensor& latents, float tau, const CaptionTokens& caption,
                                const std::function<void()>& between_blocks,
                                const Trace& trace) const {
  const std::int64_t p = config_.patch_size;
  const std::int64_t c = latents.size(0);
  const std::int64_t h = latents.size(1);
  const std::int64_t w = latents.size(2);
  const std::int64_t tokens = h / p * (w / p);
  const std::int64_t image_rows = ceil32(tokens);
  const at::Tensor temb = time_embedding(tau);
  show(trace, "t_emb", temb);

  at::Tensor unified = at::empty({image_rows + caption.tokens.size(0), config_.dim}, options_);
  const at::Tensor image = unified.narrow(0, 0, image_rows);
  image.narrow(0, 0, tokens)
      .copy_(linear(patchify(latents, p).to(options_.dtype()), x_embedder_weight_, x_embedder_bias_));
  image.narrow(0, tokens, image_rows - tokens).copy_(x_pad_token_);
  show(trace, "x_padded", image);
  const auto run = [&](const Block& block, const at::Tensor& x, const at::Tensor& rotation,
                       const char* name, std::size_t i) {
    if (between_blocks) between_blocks();
    run_block(block, x, temb, rotation);
    show(trace, name + std::to_string(i), x);
  };
  const at::Tensor image_rotation = caption.rotation.narrow(0, 0, image_rows);
  for (std::size_t i = 0; i < noise_refiner_.size(); ++i) {
    run(noise_refiner_[i], image, image_rotation, "noise_refiner", i);
  }
  unified.narrow(0, image_rows, caption.tokens.size(0)).copy_(caption.tokens);
  show(trace, "unified", unified);
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    run(layers_[i], unified, caption.rotation, "layer", i);
  }

  const at::Tensor scale =
      linear(at::silu(temb).unsqueeze(0), final_adaln_weight_, final_adaln_bias_).add_(1.0);
  at::Tensor normed = layer_norm(image.narrow(0, 0, tokens), kFinalNormEps);
  unified.reset();
  const at::Tensor out = linear(normed.mul_(scale), final_weight_, final_bias_);
  show(trace, "final", out);
  return unpatchify(out.to(at::kFloat), c, h, w, p);
}

}  // namespace headroom
