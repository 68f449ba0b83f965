#pragma once
#include "headroom/core/allocation_trace.h"
#include "headroom/memory/workspace_terms.h"

#include <cstdint>
#include <vector>

#include <c10/core/ScalarType.h>

namespace headroom::workspace {

// Whose kernels the laws below describe: the CPU's or a card's, and what calibration found missing
// there.
struct KernelSet {
  bool card = false;
  WorkspaceTerms calibrated{};
};

// Those that operations on meta tensors stand for, on this thread, while the object lives. Without
// one: the CPU's, with nothing added. Only what has no room for a parameter asks for them: the
// operations of the networks.
class ScopedKernels {
 public:
  explicit ScopedKernels(const KernelSet& kernels);
  ~ScopedKernels();
  ScopedKernels(const ScopedKernels&) = delete;
  ScopedKernels& operator=(const ScopedKernels&) = delete;

 private:
  KernelSet previous_;
};
[[nodiscard]] const KernelSet& current_kernels();

// Rows of queries that attention() in model/ops.h works on at a time on a card when the head is too
// wide for the fused kernels; 0 = all at once, fused.
inline constexpr std::int64_t kWidestFusedHead = 256;
inline constexpr std::int64_t kUnfusedQueryRows = 1024;

// The operations with a workspace, by what it depends on.
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

// Whether the CPU's library has convolutions in bfloat16 for this processor: tried once.
[[nodiscard]] bool cpu_convolves_bfloat16();

// What one operation allocates for itself besides its result, in bytes: declared terms of the
// memory prediction. On the CPU nothing, since what libraries take there is counted apart (see
// cpu_budget.h). Those of a card follow from the documented kernels; what cuDNN and cuBLAS take on
// top is not in them.
[[nodiscard]] std::int64_t declared(const Linear& op, const KernelSet& kernels);
[[nodiscard]] std::int64_t declared(const Attention& op, const KernelSet& kernels);
[[nodiscard]] std::int64_t declared(const Convolution& op, const KernelSet& kernels);

// The bytes of inputs, weights and result.
[[nodiscard]] std::int64_t operation_bytes(const Linear& op);
[[nodiscard]] std::int64_t operation_bytes(const Attention& op);
[[nodiscard]] std::int64_t operation_bytes(const Convolution& op);

// declared(), and what calibration adds to it.
[[nodiscard]] std::int64_t predicted(const Linear& op, const KernelSet& kernels);
[[nodiscard]] std::int64_t predicted(const Attention& op, const KernelSet& kernels);
[[nodiscard]] std::int64_t predicted(const Convolution& op, const KernelSet& kernels);

// The same block by block, as an allocation trace keeps it: an allocator rounds each by itself. How
// many there are does not depend on the operation's sizes; a block may have 0 bytes.
[[nodiscard]] std::vector<AllocationTrace::Operation> blocks(const Linear& op,
                                                             const KernelSet& kernels);
[[nodiscard]] std::vector<AllocationTrace::Operation> blocks(const Attention& op,
                                                             const KernelSet& kernels);
[[nodiscard]] std::vector<AllocationTrace::Operation> blocks(const Convolution& op,
                                                             const KernelSet& kernels);
[[nodiscard]] std::int64_t block_bytes(const AllocationTrace::Operation& block,
                                       const KernelSet& kernels);

// What LayerNorm keeps of all rows beside its result: means and inverse deviations, two blocks of
// this size.
[[nodiscard]] std::int64_t layer_norm_statistic(std::int64_t rows, const KernelSet& kernels);

}  // namespace headroom::workspace
