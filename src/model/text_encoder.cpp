#include "headroom/model/text_encoder.h"

#include "headroom/model/ops.h"

#include "half_range.h"
#include "rotary.h"

#include <algorithm>
#include <string>
#include <utility>

#include <ATen/ops/silu.h>

namespace headroom {

TextEncoderLayer TextEncoder::load_layer(const TextEncoderConfig& config, WeightSource& weights,
                                         int index) {
  const std::int64_t e = config.hidden_size;
  const std::int64_t hd = config.head_dim;
  const std::int64_t q = hd * config.num_attention_heads;
  const std::int64_t kv = hd * config.num_key_value_heads;
  const std::int64_t f = config.intermediate_size;
  const std::string prefix = "layers." + std::to_string(index) + ".";
  const auto get = [&](const char* name, std::int64_t size) {
    return weights.get(prefix + name, {size});
  };
  const auto matrix = [&](const char* name, std::int64_t rows, std::int64_t columns) {
    return weights.matrix(prefix + name, rows, columns);
  };
  TextEncoderLayer layer;
  layer.input_layernorm = get("input_layernorm.weight", e);
  layer.post_attention_layernorm = get("post_attention_layernorm.weight", e);
  layer.q_proj = matrix("self_attn.q_proj.weight", q, e);
  layer.k_proj = matrix("self_attn.k_proj.weight", kv, e);
  layer.v_proj = matrix("self_attn.v_proj.weight", kv, e);
  layer.o_proj = matrix("self_attn.o_proj.weight", e, q);
  layer.q_norm = get("self_attn.q_norm.weight", hd);
  layer.k_norm = get("self_attn.k_norm.weight", hd);
  layer.gate_proj = matrix("mlp.gate_proj.weight", f, e);
  layer.up_proj = matrix("mlp.up_proj.weight", f, e);
  layer.down_proj = matrix("mlp.down_proj.weight", e, f);
  return layer;
}

void TextEncoder::run_layer(const TextEncoderLayer& layer, at::Tensor hidden, const at::Tensor& cos,
                            const at::Tensor& sin) const {
  const std::int64_t length = hidden.size(0);
  const double eps = config_.rms_norm_eps;
  const at::ScalarType dtype = layer.input_layernorm.scalar_type();
  const BranchDivisors divisors = branch_divisors(dtype);
  // No norm follows a branch here, so the wider residual multiplies the divisor back in.
  const auto add = [&](at::Tensor branch, double divisor) {
    hidden.add_(branch.to(hidden.scalar_type()), divisor);
  };
  {
    const at::Tensor n = rms_norm(hidden, layer.input_layernorm, eps).to(dtype);
    const auto heads = [&](const LinearWeight& weight, std::int64_t count) {
      return weight.apply(n).view({length, count, config_.head_dim});
    };
    const std::int64_t query_heads = config_.num_attention_heads;
    const std::int64_t key_heads = config_.num_key_value_heads;
    const at::Tensor q = rotate_halves(
        rms_norm_consuming(heads(layer.q_proj, query_heads), layer.q_norm, eps), cos, sin);
    const at::Tensor k = rotate_halves(
        rms_norm_consuming(heads(layer.k_proj, key_heads), layer.k_norm, eps), cos, sin);
    const at::Tensor v = heads(layer.v_proj, key_heads);
    at::Tensor mixed = attention(q, k, v, /*causal=*/true);
    if (divisors.attention != 1) mixed.div_(divisors.attention);
    add(layer.o_proj.apply(mixed), divisors.attention);
  }
  at::Tensor n = rms_norm(hidden, layer.post_attention_layernorm, eps).to(dtype);
  at::Tensor gate = layer.gate_proj.apply(n);
  at::silu_(gate);
  if (divisors.feed_forward != 1) n.div_(divisors.feed_forward);
  gate.mul_(layer.up_proj.apply(n));
  add(layer.down_proj.apply(gate), divisors.feed_forward);
}

std::vector<at::Tensor> TextEncoder::forward(
    std::span<const std::vector<std::int32_t>> prompts, WeightSource& embeddings,
    const TextEncoderLayers& layers, int layer_count,
    const std::function<void(int layer, const at::Tensor& hidden)>& between_layers) const {
  std::vector<at::Tensor> hidden;
  std::size_t longest = 0;
  for (const std::vector<std::int32_t>& ids : prompts) {
    hidden.push_back(
        embeddings.gather_rows("embed_tokens.weight", ids, config_.vocab_size, config_.hidden_size)
            .to(feature_type(embeddings.options().dtype().toScalarType())));
    longest = std::max(longest, ids.size());
  }
  const RotaryTable rotary =
      sequence_rotation(config_.rope_theta, config_.head_dim, static_cast<std::int64_t>(longest),
                        embeddings.options().device());
  for (int i = 0; i < layer_count; ++i) {
    const std::shared_ptr<const TextEncoderLayer> layer = layers(i);
    for (const at::Tensor& h : hidden) {
      if (between_layers) between_layers(i, h);
      run_layer(*layer, h, rotary.cos.narrow(0, 0, h.size(0)), rotary.sin.narrow(0, 0, h.size(0)));
    }
  }
  return hidden;
}

}  // namespace headroom
