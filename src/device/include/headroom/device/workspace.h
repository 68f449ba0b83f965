#pragma once
#include "headroom/core/allocation_trace.h"
#include "headroom/memory/workspace_terms.h"

#include <cstdint>
#include <vector>

#include <c10/core/ScalarType.h>

namespace headroom::workspace {

// Which kernels the memory rules below describe, the CPU's or a GPU's, and what calibration found
// missing there.
struct KernelSet {
  bool card = false;
  WorkspaceTerms calibrated{};
};

// Sets, on this thread and while the object lives, the kernels that operations on meta tensors
// stand for. Without it: the CPU's, with nothing added. Used only by the networks' operations,
// which cannot take them as a parameter.
class ScopedKernels {
 public:
  explicit ScopedKernels(const KernelSet& kernels);
  ~ScopedKernels();
  ScopedKernels(const ScopedKernels&) = delete;
  ScopedKernels& operator=(const ScopedKernels&) = delete;

 private:
  KernelSet previous_;
};
// The kernels that are set on this thread.
[[nodiscard]] const KernelSet& current_kernels();

// On a GPU attention() in model/ops.h uses fused kernels for heads up to this width. For wider
// heads it works on this many rows of queries at a time.
inline constexpr std::int64_t kWidestFusedHead = 256;
inline constexpr std::int64_t kUnfusedQueryRows = 1024;

// Operations that need a workspace, with the numbers that it depends on.
struct Linear {  // [rows, in] x [out, in]^T
  std::int64_t rows, in, out;
  c10::ScalarType dtype;
};
struct Attention {  // fused, [queries, heads, head_dim] against as many heads of keys
  std::int64_t queries, keys, heads, head_dim;
  c10::ScalarType dtype;
};
struct Convolution {  // of a channels-last picture
  std::int64_t in_channels, out_channels, kernel, in_pixels, out_pixels;
  c10::ScalarType dtype;
};

// Whether the CPU's library has bfloat16 convolutions for this processor; tried once.
[[nodiscard]] bool cpu_convolves_bfloat16();

// Bytes that an operation allocates besides its result: a part of the memory prediction. 0 on the
// CPU, where libraries' scratch is counted separately (see cpu_budget.h). A GPU's follow from the
// documented kernels; what cuDNN and cuBLAS take in addition is not included.
[[nodiscard]] std::int64_t declared(const Linear& op, const KernelSet& kernels);
[[nodiscard]] std::int64_t declared(const Attention& op, const KernelSet& kernels);
[[nodiscard]] std::int64_t declared(const Convolution& op, const KernelSet& kernels);

// Bytes of inputs, weights and result.
[[nodiscard]] std::int64_t operation_bytes(const Linear& op);
[[nodiscard]] std::int64_t operation_bytes(const Attention& op);
[[nodiscard]] std::int64_t operation_bytes(const Convolution& op);

// declared() plus what calibration adds.
[[nodiscard]] std::int64_t predicted(const Linear& op, const KernelSet& kernels);
[[nodiscard]] std::int64_t predicted(const Attention& op, const KernelSet& kernels);
[[nodiscard]] std::int64_t predicted(const Convolution& op, const KernelSet& kernels);

// The same as separate blocks, as an allocation trace stores them, since an allocator rounds each
// one. Their number does not depend on the operation's sizes; a block may have 0 bytes.
[[nodiscard]] std::vector<AllocationTrace::Operation> blocks(const Linear& op,
                                                             const KernelSet& kernels);
[[nodiscard]] std::vector<AllocationTrace::Operation> blocks(const Attention& op,
                                                             const KernelSet& kernels);
[[nodiscard]] std::vector<AllocationTrace::Operation> blocks(const Convolution& op,
                                                             const KernelSet& kernels);
[[nodiscard]] std::int64_t block_bytes(const AllocationTrace::Operation& block,
                                       const KernelSet& kernels);

// Size of each of the two blocks that LayerNorm allocates beside its result, for the means and
// inverse deviations of all rows.
[[nodiscard]] std::int64_t layer_norm_statistic(std::int64_t rows, const KernelSet& kernels);

}  // namespace headroom::workspace
