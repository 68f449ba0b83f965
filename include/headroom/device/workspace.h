#pragma once
#include <cstdint>

namespace headroom::workspace {

// Whose kernels the terms below describe, on this thread, while the object lives. Without one: the
// CPU's, with the calling thread's number of threads.
class ScopedCard {
 public:
  explicit ScopedCard(bool card);
  ~ScopedCard();
  ScopedCard(const ScopedCard&) = delete;
  ScopedCard& operator=(const ScopedCard&) = delete;

 private:
  bool previous_;
};

// What one operation allocates for itself besides its result, in bytes: declared terms of the
// memory prediction. Those of the CPU are measured by tests/device/workspace_test.cpp, which fails
// when a new libtorch allocates otherwise. Those of a card follow from the documented kernels; what
// cuDNN and cuBLAS take on top is not in them, and nothing of it has been measured yet.

// Rows of queries that attention() in model/ops.h works on at a time on a card when the head is too
// wide for the fused kernels; 0 = all at once, fused.
inline constexpr std::int64_t kWidestFusedHead = 256;
inline constexpr std::int64_t kUnfusedQueryRows = 1024;

// [rows, in] x [out, in]^T
[[nodiscard]] std::int64_t linear(std::int64_t rows, std::int64_t in, std::int64_t out,
                                  std::int64_t element_bytes);
// Fused attention: per thread one tile of scores and one of results, and each query's log-sum.
[[nodiscard]] std::int64_t attention(std::int64_t queries, std::int64_t keys, std::int64_t heads,
                                     std::int64_t head_dim, std::int64_t element_bytes);
// The weights reordered for the kernel, and a scratch pad with a part for each thread.
[[nodiscard]] std::int64_t conv2d(std::int64_t in_channels, std::int64_t out_channels,
                                  std::int64_t kernel, std::int64_t element_bytes);

}  // namespace headroom::workspace
