#pragma once
#include "headroom/weights/tensor_file.h"

#include <cstdint>
#include <span>

namespace headroom {

// A tensor as rows: the last extent is the row's width, the product of the others is the number of
// rows. A scalar is one row of one value.
[[nodiscard]] std::int64_t row_width(std::span<const std::int64_t> shape);
[[nodiscard]] std::int64_t row_count(std::span<const std::int64_t> shape);

// Whether a value follows from the tensor's bytes alone: true for floating point and GGUF's
// blocks. Integers need scales, and F8_E8M0 is only used for scales.
[[nodiscard]] bool has_own_values(DType dtype);

// Decodes rows `first_row` to `first_row + rows` to float32 into `values`, which has room for rows
// * row_width(). Equals the reference tools bit for bit: every product and sum is rounded to
// float32 on its own. Throws Error{kInternal} for formats without has_own_values() and for rows
// that do not exist.
void dequantize(const TensorView& tensor, std::int64_t first_row, std::int64_t rows,
                std::span<float> values);

}  // namespace headroom
