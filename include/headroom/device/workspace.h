#pragma once
#include <cstdint>

namespace headroom::workspace {

// What one operation allocates for itself besides its result, in bytes, on the CPU: declared terms
// of the memory prediction, measured with tests/device/workspace_test.cpp, which fails when a
// new libtorch allocates otherwise. They depend on the calling thread's number of threads.

// [rows, in] x [out, in]^T
[[nodiscard]] std::int64_t linear(std::int64_t rows, std::int64_t in, std::int64_t out, std::int64_t element_bytes);
// Fused attention: per thread one tile of scores and one of results, and each query's log-sum.
[[nodiscard]] std::int64_t attention(std::int64_t queries, std::int64_t keys, std::int64_t heads,
                                     std::int64_t head_dim, std::int64_t element_bytes);
// The weights reordered for the kernel, and a fixed scratch pad.
[[nodiscard]] std::int64_t conv2d(std::int64_t in_channels, std::int64_t out_channels,
                                  std::int64_t kernel, std::int64_t element_bytes);

}  // namespace headroom::workspace
