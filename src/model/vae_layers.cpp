#include "headroom/model/vae_layers.h"

#include "headroom/device/memory_tag.h"
#include "headroom/model/ops.h"

#include <utility>

#include <ATen/ops/add.h>

namespace headroom {

VaeConv load_conv(WeightSource& weights, const std::string& name, std::int64_t in, std::int64_t out,
                  std::int64_t kernel) {
  const ScopedMemoryTag tag(MemoryTag::kWeights);  // the reordered copy is a weight too
  return {weights.get(name + ".weight", {out, in, kernel, kernel})
              .contiguous(at::MemoryFormat::ChannelsLast),
          weights.get(name + ".bias", {out})};
}

VaeNorm load_norm(WeightSource& weights, const std::string& name, std::int64_t channels) {
  return {weights.get(name + ".weight", {channels}), weights.get(name + ".bias", {channels})};
}

VaeResnet load_resnet(WeightSource& weights, const std::string& prefix, std::int64_t in,
                      std::int64_t out) {
  VaeResnet r;
  r.norm1 = load_norm(weights, prefix + ".norm1", in);
  r.conv1 = load_conv(weights, prefix + ".conv1", in, out, 3);
  r.norm2 = load_norm(weights, prefix + ".norm2", out);
  r.conv2 = load_conv(weights, prefix + ".conv2", out, out, 3);
  if (in != out) r.conv_shortcut = load_conv(weights, prefix + ".conv_shortcut", in, out, 1);
  return r;
}

VaeMid load_mid(WeightSource& weights, const std::string& prefix, std::int64_t c, bool attention) {
  VaeMid mid;
  mid.first = load_resnet(weights, prefix + ".resnets.0", c, c);
  mid.second = load_resnet(weights, prefix + ".resnets.1", c, c);
  mid.has_attention = attention;
  if (attention) {
    const std::string name = prefix + ".attentions.0.";
    VaeAttention& a = mid.attention;
    a.group_norm = load_norm(weights, name + "group_norm", c);
    a.q_weight = weights.get(name + "to_q.weight", {c, c});
    a.q_bias = weights.get(name + "to_q.bias", {c});
    a.k_weight = weights.get(name + "to_k.weight", {c, c});
    a.k_bias = weights.get(name + "to_k.bias", {c});
    a.v_weight = weights.get(name + "to_v.weight", {c, c});
    a.v_bias = weights.get(name + "to_v.bias", {c});
    a.out_weight = weights.get(name + "to_out.0.weight", {c, c});
    a.out_bias = weights.get(name + "to_out.0.bias", {c});
  }
  return mid;
}

at::Tensor run_conv(const VaeConv& conv, const at::Tensor& x, std::int64_t stride) {
  return conv2d(x, conv.weight, conv.bias, stride, conv.weight.size(2) / 2);
}

at::Tensor run_resnet(const VaeResnet& r, at::Tensor x, std::int64_t groups) {
  at::Tensor h = x;
  // Taking the shortcut first lets the norm overwrite its input.
  if (r.conv_shortcut.weight.defined()) x = run_conv(r.conv_shortcut, x);
  h = group_norm(std::move(h), groups, r.norm1.weight, r.norm1.bias, /*silu=*/true);
  h = run_conv(r.conv1, h);
  h = group_norm(std::move(h), groups, r.norm2.weight, r.norm2.bias, /*silu=*/true);
  h = run_conv(r.conv2, h);
  return h.add_(x);
}

namespace {

at::Tensor run_attention(const VaeAttention& a, at::Tensor x, std::int64_t groups) {
  const std::int64_t c = x.size(1);
  const std::int64_t height = x.size(2);
  const std::int64_t width = x.size(3);
  // Channels-last memory is already [tokens, channels].
  at::Tensor tokens = group_norm(x, groups, a.group_norm.weight, a.group_norm.bias, /*silu=*/false)
                          .permute({0, 2, 3, 1})
                          .reshape({height * width, c});
  const auto one_head = [&](const at::Tensor& weight, const at::Tensor& bias) {
    return linear(tokens, weight, bias).view({height * width, 1, c});
  };
  at::Tensor q = one_head(a.q_weight, a.q_bias);
  at::Tensor k = one_head(a.k_weight, a.k_bias);
  at::Tensor v = one_head(a.v_weight, a.v_bias);
  tokens.reset();
  at::Tensor mixed = attention(q, k, v, /*causal=*/false);
  q.reset();
  k.reset();
  v.reset();
  const at::Tensor out = linear(mixed, a.out_weight, a.out_bias);
  return x.add_(out.view({1, height, width, c}).permute({0, 3, 1, 2}));
}

}  // namespace

at::Tensor run_mid(const VaeMid& mid, at::Tensor x, std::int64_t groups,
                   const BetweenLayers& between) {
  x = run_resnet(mid.first, std::move(x), groups);
  if (between) between();
  if (mid.has_attention) x = run_attention(mid.attention, std::move(x), groups);
  if (between) between();
  return run_resnet(mid.second, std::move(x), groups);
}

}  // namespace headroom
