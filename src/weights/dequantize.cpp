#include "headroom/weights/dequantize.h"

#include "headroom/core/error.h"

#include <string>

namespace headroom {
namespace {

[[noreturn]] void fail(const std::string& fault) {
  throw Error(ErrorKind::kInternal, "Weights cannot be unpacked, since " + fault +
                                        "; please report this as a fault of the program");
}

}  // namespace

std::int64_t row_width(std::span<const std::int64_t> shape) {
  return shape.empty() ? 1 : shape.back();
}

std::int64_t row_count(std::span<const std::int64_t> shape) {
  std::int64_t count = 1;
  for (std::size_t i = 0; i + 1 < shape.size(); ++i) count *= shape[i];
  return count;
}

bool has_own_values(DType dtype) { return tensor_type(dtype).decode != nullptr; }

void dequantize(const TensorView& tensor, std::int64_t first_row, std::int64_t rows,
                std::span<float> values) {
  if (!has_own_values(tensor.dtype)) {
    fail("the format " + std::string(dtype_name(tensor.dtype)) + " says no values");
  }
  const std::int64_t width = row_width(tensor.shape);
  const std::int64_t count = row_count(tensor.shape);
  if (first_row < 0 || rows < 0 || rows > count || first_row > count - rows ||
      values.size() != static_cast<std::size_t>(rows * width)) {
    fail("rows are asked for that a tensor does not have");
  }
  if (values.empty()) return;
  const TensorType& type = tensor_type(tensor.dtype);
  const auto* const from = reinterpret_cast<const std::uint8_t*>(tensor.data.data()) +
                           type.bytes(static_cast<std::size_t>(first_row * width));
  type.decode(from, values.size() / type.block_values, values.data());
}

}  // namespace headroom
