#pragma once
#include "headroom/core/error.h"

#include <cstdint>

#include <ATen/core/TensorBody.h>

// The operations that the networks consist of. Each runs on CPU, CUDA and meta tensors; on meta it
// allocates what the real one allocates, including its declared workspace, so that a dry run sees
// the same memory as a run.
namespace headroom {

// x [T, in] * weight[out, in]^T (+ bias[out]) -> [T, out]. On meta the weight may be quantised,
// uint8 [out, bytes of a row]: it is then unpacked into x's number format during the product.
at::Tensor linear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias = {});

// y [T, out] += x [T, in] * weight [in, out], in place.
void add_product(const at::Tensor& y, const at::Tensor& x, const at::Tensor& weight);
// y [T, n, m] += left [n, k] * right [T, k, m], for each of the T, in place.
void add_products(const at::Tensor& y, const at::Tensor& left, const at::Tensor& right);

// Root-mean-square normalisation over the last axis, reduced in float32 (Zhang & Sennrich 2019):
// x / sqrt(mean(x^2) + eps) * weight. `weight` may be any number format.
at::Tensor rms_norm(const at::Tensor& x, const at::Tensor& weight, double eps);
// The same, overwriting x when x is float32; returns the result.
at::Tensor rms_norm_consuming(at::Tensor x, const at::Tensor& weight, double eps);

// LayerNorm over the last axis without weight and bias. x [T, D] -> [T, D]
at::Tensor layer_norm(const at::Tensor& x, double eps);

// softmax(q k^T / sqrt(head_dim)) v. q [Tq, H, hd], k and v [Tk, Hk, hd] with H a multiple of Hk
// (query head i reads key head i / (H / Hk)) -> [Tq, H * hd].
at::Tensor attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, bool causal);

// Rotates adjacent pairs: (a, b) -> (a + ib) * rotation. x [T, H, hd], rotation [T, hd/2]
// complex64.
at::Tensor rotate_pairs(at::Tensor x, const at::Tensor& rotation);
// Rotates element j with j + hd/2. x [T, H, hd], cos and sin [T, hd/2] float32.
at::Tensor rotate_halves(const at::Tensor& x, const at::Tensor& cos, const at::Tensor& sin);

// x [1, Ci, H, W] channels-last, weight [Co, Ci, k, k] channels-last -> [1, Co, H', W']
// channels-last
at::Tensor conv2d(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                  std::int64_t stride, std::int64_t padding);

// GroupNorm (Wu & He 2018), eps 1e-6, then SiLU if asked. x [1, C, H, W] channels-last. Overwrites
// x when it is float32 and nobody else holds it.
at::Tensor group_norm(at::Tensor x, std::int64_t groups, const at::Tensor& weight,
                      const at::Tensor& bias, bool silu);

}  // namespace headroom
