#pragma once
#include "headroom/weights/tensor_file.h"

#include <cstdint>
#include <span>

namespace headroom {

// A tensor as rows: the last extent is a row's width, the product of the others their count. A
// scalar is one row of one value.
[[nodiscard]] std::int64_t row_width(std::span<const std::int64_t> shape);
[[nodiscard]] std::int64_t row_count(std::span<const std::int64_t> shape);

// True for formats whose bytes alone say the value: floating point and GGUF's blocks. Integers have
// no meaning without scales, and F8_E8M0 is one of scales.
[[nodiscard]] bool has_own_values(DType dtype);

// The values of rows `first_row` to `first_row + rows`, float32, into `values`, which has
// rows * row_width() places. Bit for bit what the reference tools compute: every product and sum
// is rounded to float32 on its own. Throws Error{kInternal} for formats without values of their
// own and for rows that are not there.
void dequantise(const TensorView& tensor, std::int64_t first_row, std::int64_t rows,
                std::span<float> values);

}  // namespace headroom
