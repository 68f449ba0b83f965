#pragma once
#include <cstdint>

namespace headroom::workspace {

// Scratch in bytes of oneDNN's product of bfloat16 matrices [rows, in] x [out, in]^T on a processor
// that multiplies them itself. Measured: exact for up to four threads and 256 columns of the
// result, as a rule beyond; where it is not, it is a few KiB a thread off.
[[nodiscard]] std::int64_t bfloat16_matmul_scratch(std::int64_t rows, std::int64_t in,
                                                   std::int64_t out, std::int64_t threads);

}  // namespace headroom::workspace
