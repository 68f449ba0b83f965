#include "headroom/model/ops.h"

#include "headroom/device/allocation_recorder.h"
#include "headroom/device/cpu_budget.h"
#include "headroom/device/memory_tag.h"
#include "headroom/device/workspace.h"

#include "group_norm.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include <ATen/ops/_scaled_dot_product_flash_attention_for_cpu.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/mkldnn_convolution.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/native_layer_norm.h>
#include <ATen/ops/scaled_dot_product_attention.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/view_as_complex.h>
#include <ATen/ops/view_as_real.h>

namespace headroom {
namespace {

// On meta: a block that stands for what the real operation allocates for itself; it lives as long
// as the returned tensor.
at::Tensor declared_workspace(std::int64_t bytes) {
  if (bytes == 0) return {};
  const ScopedMemoryTag tag(MemoryTag::kWorkspace);
  return at::empty({bytes}, at::TensorOptions(at::kMeta).dtype(at::kByte));
}

template <typename Operation>
std::vector<at::Tensor> workspace_of(const Operation& operation) {
  const workspace::KernelSet& kernels = workspace::current_kernels();
  std::vector<at::Tensor> taken;
  for (const AllocationTrace::Operation& block : workspace::blocks(operation, kernels)) {
    const std::int64_t bytes = workspace::block_bytes(block, kernels);
    AllocationRecorder::announce(block, bytes);
    taken.push_back(declared_workspace(std::max<std::int64_t>(bytes, 1)));
  }
  return taken;
}

// The result of an operation that a library does. On the CPU only the result counts, not the
// library's scratch.
template <typename Work>
at::Tensor only_result(const Work& work) {
  at::Tensor result;
  {
    const ScopedMemoryTag tag(MemoryTag::kWorkspace);
    result = work();
  }
  if (result.is_cpu()) cpu_budget::keep(result.storage().data_ptr());
  return result;
}

// [T, 1] float32: 1 / sqrt(mean(x^2) + eps) of each row of float32 x. The norm reduces without
// a temporary of x's size, which pow().mean() would make.
at::Tensor inverse_rms(const at::Tensor& x, double eps) {
  at::Tensor inverse = at::linalg_vector_norm(x, 2, at::IntArrayRef{-1}, /*keepdim=*/true);
  // libtorch wraps each number in a CPU tensor, which a dry run does not see.
  const ScopedMemoryTag tag(MemoryTag::kWorkspace);
  return inverse.square_().div_(static_cast<double>(x.size(-1))).add_(eps).rsqrt_();
}

// softmax(q k^T / sqrt(d)) v without mask, for a few queries at a time, so that the scores stay
// small.
at::Tensor unfused_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v) {
  at::Tensor out = at::empty_like(q);
  const double scale = 1.0 / std::sqrt(static_cast<double>(q.size(3)));
  for (std::int64_t first = 0; first < q.size(2); first += workspace::kUnfusedQueryRows) {
    const std::int64_t rows = std::min(workspace::kUnfusedQueryRows, q.size(2) - first);
    const at::Tensor scores =
        at::matmul(q.narrow(2, first, rows), k.transpose(2, 3)).mul_(scale).softmax(-1);
    out.narrow(2, first, rows).copy_(at::matmul(scores, v));
  }
  return out;
}

}  // namespace

at::Tensor linear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
  if (!x.is_meta()) return only_result([&] { return at::linear(x, weight, bias); });
  const auto workspace =
      workspace_of(workspace::Linear{x.size(0), x.size(1), weight.size(0), x.scalar_type()});
  if (weight.scalar_type() != at::kByte) return at::linear(x, weight, bias);
  at::Tensor unpacked;
  {
    const ScopedMemoryTag tag(MemoryTag::kWorkspace);
    unpacked = at::empty({weight.size(0), x.size(1)}, x.options());
  }
  return at::linear(x, unpacked, bias);
}

void add_product(const at::Tensor& y, const at::Tensor& x, const at::Tensor& weight) {
  if (y.is_meta()) {
    const auto workspace =
        workspace_of(workspace::Linear{x.size(0), x.size(1), y.size(1), x.scalar_type()});
    return;
  }
  const ScopedMemoryTag tag(MemoryTag::kWorkspace);
  y.addmm_(x, weight);
}

void add_products(const at::Tensor& y, const at::Tensor& left, const at::Tensor& right) {
  if (y.is_meta()) {
    const auto workspace = workspace_of(
        workspace::Linear{y.size(0) * y.size(1), left.size(1), y.size(2), y.scalar_type()});
    return;
  }
  const ScopedMemoryTag tag(MemoryTag::kWorkspace);
  y.baddbmm_(left.unsqueeze(0).expand({y.size(0), left.size(0), left.size(1)}), right);
}

at::Tensor rms_norm(const at::Tensor& x, const at::Tensor& weight, double eps) {
  if (x.scalar_type() != at::kFloat) return rms_norm_consuming(x, weight, eps);
  return at::mul(x, inverse_rms(x, eps)).mul_(weight.to(at::kFloat));
}

at::Tensor rms_norm_consuming(at::Tensor x, const at::Tensor& weight, double eps) {
  const at::ScalarType dtype = x.scalar_type();
  at::Tensor wide = x.to(at::kFloat);
  x.reset();
  wide.mul_(inverse_rms(wide, eps)).mul_(weight.to(at::kFloat));
  return wide.to(dtype);
}

at::Tensor layer_norm(const at::Tensor& x, double eps) {
  if (x.is_meta()) {
    const std::int64_t bytes =
        workspace::layer_norm_statistic(x.size(0), workspace::current_kernels());
    const at::Tensor mean = declared_workspace(bytes);
    const at::Tensor rstd = declared_workspace(bytes);
    return at::empty_like(x);
  }
  return only_result(
      [&] { return std::get<0>(at::native_layer_norm(x, {x.size(-1)}, {}, {}, eps)); });
}

at::Tensor attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, bool causal) {
  const std::int64_t heads = q.size(1);
  const std::int64_t head_dim = q.size(2);
  const auto layout = [&](const at::Tensor& x) {  // [1, H, T, hd]
    at::Tensor y = x;
    if (x.size(1) != heads) {
      const std::int64_t group = heads / x.size(1);
      y = x.unsqueeze(2)
              .expand({x.size(0), x.size(1), group, head_dim})
              .reshape({x.size(0), heads, head_dim});
    }
    return y.unsqueeze(0).transpose(1, 2);
  };
  const at::Tensor query = layout(q);
  const at::Tensor key = layout(k);
  const at::Tensor value = layout(v);
  at::Tensor out;  // [1, H, T, hd] as a view of [1, T, H, hd]
  if (q.is_meta()) {
    const auto workspace =
        workspace_of(workspace::Attention{q.size(0), k.size(0), heads, head_dim, q.scalar_type()});
    out = at::empty(q.sizes(), q.options()).unsqueeze(0).transpose(1, 2);
  } else if (q.is_cpu()) {
    out = only_result([&] {
      return std::get<0>(
          at::_scaled_dot_product_flash_attention_for_cpu(query, key, value, 0.0, causal));
    });
  } else if (head_dim <= workspace::kWidestFusedHead) {
    out = at::scaled_dot_product_attention(query, key, value, {}, 0.0, causal);
  } else {
    out = unfused_attention(query, key, value);
  }
  return out.transpose(1, 2).reshape({q.size(0), heads * head_dim});
}

at::Tensor rotate_pairs(at::Tensor x, const at::Tensor& rotation) {
  const at::ScalarType dtype = x.scalar_type();
  at::Tensor wide = x.to(at::kFloat);
  x.reset();
  const auto pairs = wide.view({wide.size(0), wide.size(1), wide.size(2) / 2, 2});
  at::view_as_complex(pairs).mul_(rotation.unsqueeze(1));
  return wide.to(dtype);
}

at::Tensor rotate_halves(const at::Tensor& x, const at::Tensor& cos, const at::Tensor& sin) {
  const std::int64_t half = x.size(2) / 2;
  const at::Tensor a = x.narrow(2, 0, half);
  const at::Tensor b = x.narrow(2, half, half);
  const at::Tensor c = cos.to(x.scalar_type()).unsqueeze(1);
  const at::Tensor s = sin.to(x.scalar_type()).unsqueeze(1);
  return at::cat({at::mul(a, c).sub_(at::mul(b, s)), at::mul(b, c).add_(at::mul(a, s))}, 2);
}

at::Tensor conv2d(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                  std::int64_t stride, std::int64_t padding) {
  if (x.is_meta()) {
    const std::int64_t k = weight.size(2);
    const auto side = [&](std::int64_t n) { return (n + 2 * padding - k) / stride + 1; };
    const std::int64_t height = side(x.size(2));
    const std::int64_t width = side(x.size(3));
    const auto workspace = workspace_of(workspace::Convolution{
        weight.size(1), weight.size(0), k, x.size(2) * x.size(3), height * width, x.scalar_type()});
    return at::empty({1, weight.size(0), height, width}, x.options(),
                     at::MemoryFormat::ChannelsLast);
  }
  if (x.is_cpu()) {
    // Not at::conv2d, which uses another path with an im2col buffer for small pictures.
    const std::int64_t pad[] = {padding, padding};
    const std::int64_t step[] = {stride, stride};
    const std::int64_t one[] = {1, 1};
    return only_result([&] { return at::mkldnn_convolution(x, weight, bias, pad, step, one, 1); });
  }
  return at::conv2d(x, weight, bias, stride, padding);
}

at::Tensor group_norm(at::Tensor x, std::int64_t groups, const at::Tensor& weight,
                      const at::Tensor& bias, bool silu) {
  const at::ScalarType dtype = x.scalar_type();
  const bool is_float = dtype == at::kFloat;
  at::Tensor wide = is_float && x.use_count() == 1
                        ? x
                        : x.to(x.device(), at::kFloat, /*non_blocking=*/false, /*copy=*/true);
  x.reset();
  ChannelStatistics statistics;
  statistics.add(wide);
  apply_affine(wide, statistics.normalisation(groups, weight, bias, wide), silu);
  return wide.to(dtype);
}

}  // namespace headroom
