#pragma once
#include "headroom/weights/tensor_file.h"

#include <cstdint>
#include <span>

namespace headroom {

// Writes the values of a block of GGUF's, 32 or 256, as its bytes.
using BlockEncoder = void (*)(const float* values, std::uint8_t* block);

// Of Q8_0, Q4_K and Q6_K; nothing for others. Values must be finite and at most 65504 in size.
// Q8_0 equals what the gguf package writes; the others choose scales and minima by least squares
// over the values that they round to.
[[nodiscard]] BlockEncoder block_encoder(DType dtype);

// A row in eight bits, int8_tensorwise with ConvRot: `values` are rotated in groups of `group`, 0
// for not at all, and rounded to `codes` of -127 to 127. Returns the row's scale.
[[nodiscard]] float encode_int8_row(std::span<float> values, int group,
                                    std::span<std::int8_t> codes);

}  // namespace headroom
