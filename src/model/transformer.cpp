#include "headroom/model/transformer.h"

#include "headroom/model/ops.h"

#include "chunking.h"
#include "half_range.h"
#include "rotary.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/cos.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/sin.h>

namespace headroom {
namespace {

constexpr double kQkNormEps = 1e-5;     // fixed in the reference, whatever norm_eps says
constexpr double kFinalNormEps = 1e-6;  // fixed too
constexpr std::int64_t kTimeFrequencies = 256;
constexpr std::int64_t kTimeHidden = 1024;

void show(const TensorObserver& trace, std::string_view name, const at::Tensor& value) {
  if (trace) trace(name, value);
}

// [C, h, w] -> [h/p * w/p, p*p*C]; element (ph, pw, c) of a token is latent [c, p*y + ph, p*x +
// pw].
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

TransformerBlock load_block(const TransformerConfig& config, WeightSource& weights,
                            const std::string& prefix, bool modulated) {
  const std::int64_t d = config.dim;
  const std::int64_t f = config.ffn_dim();
  const std::int64_t hd = config.head_dim();
  const auto get = [&](const char* name, at::IntArrayRef shape) {
    return weights.get(prefix + "." + name, shape);
  };
  const auto matrix = [&](const char* name, std::int64_t rows, std::int64_t columns) {
    return weights.matrix(prefix + "." + name, rows, columns);
  };
  TransformerBlock b;
  b.to_q = matrix("attention.to_q.weight", d, d);
  b.to_k = matrix("attention.to_k.weight", d, d);
  b.to_v = matrix("attention.to_v.weight", d, d);
  b.to_out = matrix("attention.to_out.0.weight", d, d);
  b.norm_q = get("attention.norm_q.weight", {hd});
  b.norm_k = get("attention.norm_k.weight", {hd});
  b.attention_norm1 = get("attention_norm1.weight", {d});
  b.attention_norm2 = get("attention_norm2.weight", {d});
  b.ffn_norm1 = get("ffn_norm1.weight", {d});
  b.ffn_norm2 = get("ffn_norm2.weight", {d});
  b.w1 = matrix("feed_forward.w1.weight", f, d);
  b.w2 = matrix("feed_forward.w2.weight", d, f);
  b.w3 = matrix("feed_forward.w3.weight", f, d);
  if (modulated) {
    b.adaln = matrix("adaLN_modulation.0.weight", 4 * d, config.adaln_dim());
    b.adaln_bias = get("adaLN_modulation.0.bias", {4 * d});
  }
  return b;
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
  x_embedder_ = weights.matrix(embedder + ".weight", d, token);
  x_embedder_bias_ = weights.get(embedder + ".bias", {d});
  x_pad_token_ = weights.get("x_pad_token", {1, d});
  cap_norm_ = weights.get("cap_embedder.0.weight", {config.cap_feat_dim});
  cap_embedder_ = weights.matrix("cap_embedder.1.weight", d, config.cap_feat_dim);
  cap_embedder_bias_ = weights.get("cap_embedder.1.bias", {d});
  cap_pad_token_ = weights.get("cap_pad_token", {1, d});
  t_mlp0_ = weights.matrix("t_embedder.mlp.0.weight", kTimeHidden, kTimeFrequencies);
  t_mlp0_bias_ = weights.get("t_embedder.mlp.0.bias", {kTimeHidden});
  t_mlp2_ = weights.matrix("t_embedder.mlp.2.weight", a, kTimeHidden);
  t_mlp2_bias_ = weights.get("t_embedder.mlp.2.bias", {a});
  for (int i = 0; i < config.n_refiner_layers; ++i) {
    const std::string index = std::to_string(i);
    noise_refiner_.push_back(load_block(config, weights, "noise_refiner." + index, true));
    context_refiner_.push_back(load_block(config, weights, "context_refiner." + index, false));
  }
  const std::string final_layer = "all_final_layer." + key;
  final_ = weights.matrix(final_layer + ".linear.weight", token, d);
  final_bias_ = weights.get(final_layer + ".linear.bias", {token});
  final_adaln_ = weights.matrix(final_layer + ".adaLN_modulation.1.weight", d, a);
  final_adaln_bias_ = weights.get(final_layer + ".adaLN_modulation.1.bias", {d});
}

TransformerBlock Transformer::load_layer(const TransformerConfig& config, WeightSource& weights,
                                         int index) {
  return load_block(config, weights, "layers." + std::to_string(index), true);
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
  at::Tensor hidden = t_mlp0_.apply(embedding, t_mlp0_bias_);
  return t_mlp2_.apply(at::silu_(hidden), t_mlp2_bias_).squeeze(0);
}

Transformer::BlockNorms Transformer::modulated_norms(const TransformerBlock& block,
                                                     const at::Tensor& temb) const {
  const at::Tensor m =
      block.adaln.apply(temb.unsqueeze(0), block.adaln_bias).to(at::kFloat).view({4, config_.dim});
  return {at::mul(m.select(0, 0).add_(1.0), block.attention_norm1),
          at::mul(m.select(0, 1).tanh_(), block.attention_norm2),
          at::mul(m.select(0, 2).add_(1.0), block.ffn_norm1),
          at::mul(m.select(0, 3).tanh_(), block.ffn_norm2)};
}

void Transformer::run_block(const TransformerBlock& block, const BlockNorms& norms,
                            const at::Tensor& x, const at::Tensor& rotation,
                            std::int64_t chunk) const {
  const std::int64_t rows = chunk > 0 ? std::min(chunk, x.size(0)) : x.size(0);
  attend(block, norms, x, rotation, rows);
  feed_forward(block, norms, x, rows);
}

void Transformer::attend(const TransformerBlock& block, const BlockNorms& norms,
                         const at::Tensor& x, const at::Tensor& rotation,
                         std::int64_t chunk) const {
  const std::int64_t tokens = x.size(0);
  const std::int64_t heads = config_.n_heads;
  const std::int64_t hd = config_.head_dim();
  // The norm after the branch cancels the divisor, because its epsilon is divided too.
  const double divisor = branch_divisors(x.scalar_type()).attention;
  const auto split = [&](const at::Tensor& h, const LinearWeight& weight) {
    return weight.apply(h).view({h.size(0), heads, hd});
  };
  const auto turned = [&](const at::Tensor& h, const LinearWeight& weight, const at::Tensor& norm,
                          std::int64_t first) {
    return rotate_pairs(rms_norm_consuming(split(h, weight), norm, kQkNormEps),
                        rotation.narrow(0, first, h.size(0)));
  };
  const auto normed = [&](std::int64_t first, std::int64_t count) {
    return rms_norm(x.narrow(0, first, count), norms.attention1, config_.norm_eps);
  };
  const auto finish = [&](at::Tensor q, const at::Tensor& k, const at::Tensor& v,
                          std::int64_t first) {
    at::Tensor mixed = attention(q, k, v, /*causal=*/false);
    q.reset();
    if (divisor != 1) mixed.div_(divisor);
    at::Tensor out = block.to_out.apply(mixed);
    mixed.reset();
    at::Tensor rows = x.narrow(0, first, out.size(0));
    rows.add_(rms_norm_consuming(std::move(out), norms.attention2,
                                 config_.norm_eps / (divisor * divisor)));
  };
  if (chunk == tokens) {
    at::Tensor h = normed(0, tokens);
    at::Tensor q = turned(h, block.to_q, block.norm_q, 0);
    const at::Tensor k = turned(h, block.to_k, block.norm_k, 0);
    const at::Tensor v = split(h, block.to_v);
    h.reset();
    finish(std::move(q), k, v, 0);
    return;
  }
  // First the keys and values of all rows; then the queries, so that rows of x are changed only
  // after they were read.
  const at::Tensor k = at::empty({tokens, heads, hd}, x.options());
  const at::Tensor v = at::empty({tokens, heads, hd}, x.options());
  for_each_piece(tokens, chunk, x.is_meta(), [&](std::int64_t first, std::int64_t count) {
    const at::Tensor h = normed(first, count);
    k.narrow(0, first, count).copy_(turned(h, block.to_k, block.norm_k, first));
    v.narrow(0, first, count).copy_(split(h, block.to_v));
  });
  for_each_piece(tokens, chunk, x.is_meta(), [&](std::int64_t first, std::int64_t count) {
    at::Tensor h = normed(first, count);
    at::Tensor q = turned(h, block.to_q, block.norm_q, first);
    h.reset();
    finish(std::move(q), k, v, first);
  });
}

void Transformer::feed_forward(const TransformerBlock& block, const BlockNorms& norms,
                               const at::Tensor& x, std::int64_t chunk) const {
  const double divisor = branch_divisors(x.scalar_type()).feed_forward;  // as in attend()
  for_each_piece(x.size(0), chunk, x.is_meta(), [&](std::int64_t first, std::int64_t count) {
    const at::Tensor rows = x.narrow(0, first, count);
    at::Tensor h = rms_norm(rows, norms.ffn1, config_.norm_eps);
    at::Tensor hidden = block.w1.apply(h);
    at::silu_(hidden);
    if (divisor != 1) h.div_(divisor);
    hidden.mul_(block.w3.apply(h));
    h.reset();
    at::Tensor out = block.w2.apply(hidden);
    hidden.reset();
    rows.add_(
        rms_norm_consuming(std::move(out), norms.ffn2, config_.norm_eps / (divisor * divisor)));
  });
}

CaptionTokens Transformer::embed_caption(const at::Tensor& features, std::int64_t h, std::int64_t w,
                                         const TransformerCall& call) const {
  const std::int64_t length = features.size(0);
  const std::int64_t rows = ceil32(length);
  const RotaryConfig rotary{config_.rope_theta, config_.axes_dims};
  CaptionTokens caption;
  caption.rotation = joint_rotation(rotary, h / config_.patch_size, w / config_.patch_size, rows,
                                    options_.device());
  caption.tokens = at::empty({rows, config_.dim}, options_);
  caption.tokens.narrow(0, 0, length)
      .copy_(
          cap_embedder_.apply(rms_norm(features, cap_norm_, config_.norm_eps).to(options_.dtype()),
                              cap_embedder_bias_));
  caption.tokens.narrow(0, length, rows - length).copy_(cap_pad_token_);
  show(call.trace, "cap_padded", caption.tokens);
  const std::int64_t image_rows = caption.rotation.size(0) - rows;
  const at::Tensor rotation = caption.rotation.narrow(0, image_rows, rows);
  for (std::size_t i = 0; i < context_refiner_.size(); ++i) {
    if (call.check) call.check();
    const TransformerBlock& block = context_refiner_[i];
    run_block(block,
              {block.attention_norm1, block.attention_norm2, block.ffn_norm1, block.ffn_norm2},
              caption.tokens, rotation, call.chunk_tokens);
    show(call.trace, "context_refiner" + std::to_string(i), caption.tokens);
  }
  return caption;
}

std::vector<at::Tensor> Transformer::forward(const at::Tensor& latents, float tau,
                                             std::span<const CaptionTokens* const> captions,
                                             const TransformerLayers& layers,
                                             const TransformerCall& call) const {
  const std::int64_t p = config_.patch_size;
  const std::int64_t c = latents.size(0);
  const std::int64_t h = latents.size(1);
  const std::int64_t w = latents.size(2);
  const std::int64_t tokens = h / p * (w / p);
  const std::int64_t image_rows = ceil32(tokens);
  const at::Tensor temb = time_embedding(tau);
  show(call.trace, "t_emb", temb);

  std::vector<BlockNorms> refiner_norms;
  for (const TransformerBlock& block : noise_refiner_) {
    refiner_norms.push_back(modulated_norms(block, temb));
  }
  // One residual stream per caption: image rows, then caption rows. The image part is refined for
  // each caption, since its rotary positions depend on the caption's length.
  std::vector<at::Tensor> streams;
  for (const CaptionTokens* caption : captions) {
    const at::Tensor unified =
        at::empty({image_rows + caption->tokens.size(0), config_.dim}, options_);
    const at::Tensor image = unified.narrow(0, 0, image_rows);
    image.narrow(0, 0, tokens)
        .copy_(x_embedder_.apply(patchify(latents, p).to(options_.dtype()), x_embedder_bias_));
    image.narrow(0, tokens, image_rows - tokens).copy_(x_pad_token_);
    show(call.trace, "x_padded", image);
    for (std::size_t i = 0; i < noise_refiner_.size(); ++i) {
      if (call.check) call.check();
      run_block(noise_refiner_[i], refiner_norms[i], image,
                caption->rotation.narrow(0, 0, image_rows), call.chunk_tokens);
      show(call.trace, "noise_refiner" + std::to_string(i), image);
    }
    unified.narrow(0, image_rows, caption->tokens.size(0)).copy_(caption->tokens);
    show(call.trace, "unified", unified);
    streams.push_back(unified);
  }
  for (int i = 0; i < config_.n_layers; ++i) {
    const std::shared_ptr<const TransformerBlock> block = layers(i);
    const BlockNorms norms = modulated_norms(*block, temb);
    for (std::size_t s = 0; s < streams.size(); ++s) {
      if (call.check) call.check();
      run_block(*block, norms, streams[s], captions[s]->rotation, call.chunk_tokens);
      show(call.trace, "layer" + std::to_string(i), streams[s]);
    }
  }

  const at::Tensor scale =
      final_adaln_.apply(at::silu(temb).unsqueeze(0), final_adaln_bias_).add_(1.0);
  std::vector<at::Tensor> outputs;
  for (at::Tensor& unified : streams) {
    at::Tensor normed = layer_norm(unified.narrow(0, 0, tokens), kFinalNormEps);
    unified.reset();
    const at::Tensor out = final_.apply(normed.mul_(scale), final_bias_);
    show(call.trace, "final", out);
    outputs.push_back(unpatchify(out.to(at::kFloat), c, h, w, p));
  }
  return outputs;
}

}  // namespace headroom
