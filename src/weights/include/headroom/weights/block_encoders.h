#pragma once
#include "headroom/weights/tensor_file.h"

#include <cstdint>
#include <span>

namespace headroom {

// Encodes the values of one GGUF block, 32 or 256.
using BlockEncoder = void (*)(const float* values, std::uint8_t* block);

// The encoder of Q8_0, Q4_K or Q6_K; nothing for other formats. Values must be finite and at most
// 65504 in magnitude. Q8_0 equals what the gguf package writes; the others choose scales and
// minima by least squares over the rounded values.
[[nodiscard]] BlockEncoder block_encoder(DType dtype);

// Encodes a row in eight bits (int8_tensorwise with ConvRot): rotates `values` in groups of
// `group`, 0 = not at all, and rounds them to `codes` of -127 to 127. Returns the row's scale.
[[nodiscard]] float encode_int8_row(std::span<float> values, int group,
                                    std::span<std::int8_t> codes);

}  // namespace headroom
