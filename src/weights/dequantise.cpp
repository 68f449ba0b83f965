#include "headroom/weights/dequantise.h"

#include "headroom/core/error.h"
#include "headroom/weights/small_floats.h"

#include "gguf_blocks.h"

#include <cstring>
#include <string>

namespace headroom {
namespace {

void plain_values(DType dtype, const std::uint8_t* from, std::span<float> values) {
  switch (dtype) {
    case DType::kF32:
      std::memcpy(values.data(), from, values.size_bytes());
      return;
    case DType::kF64:
      for (std::size_t i = 0; i < values.size(); ++i) {
        double wide = 0;
        std::memcpy(&wide, from + i * sizeof wide, sizeof wide);
        values[i] = static_cast<float>(wide);
      }
      return;
    case DType::kF16:
      for (std::size_t i = 0; i < values.size(); ++i) values[i] = from_f16(load_u16(from + 2 * i));
      return;
    case DType::kBF16:
      for (std::size_t i = 0; i < values.size(); ++i) values[i] = from_bf16(load_u16(from + 2 * i));
      return;
    default:  // the two of one byte
      for (std::size_t i = 0; i < values.size(); ++i) {
        values[i] = (dtype == DType::kF8E4M3 ? kE4M3 : kE5M2)[from[i]];
      }
  }
}

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

bool has_own_values(DType dtype) {
  switch (dtype) {
    case DType::kF16:
    case DType::kBF16:
    case DType::kF32:
    case DType::kF64:
    case DType::kF8E4M3:
    case DType::kF8E5M2:
      return true;
    default:
      return block_decoder(dtype) != nullptr;
  }
}

void dequantise(const TensorView& tensor, std::int64_t first_row, std::int64_t rows,
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
  const std::size_t block_values = dtype_values(tensor.dtype);
  const std::size_t block_bytes = dtype_bytes(tensor.dtype);
  const auto row_bytes = static_cast<std::size_t>(width) / block_values * block_bytes;
  const auto* from = reinterpret_cast<const std::uint8_t*>(tensor.data.data()) +
                     static_cast<std::size_t>(first_row) * row_bytes;
  const BlockDecoder decode = block_decoder(tensor.dtype);
  if (decode == nullptr) return plain_values(tensor.dtype, from, values);
  for (std::size_t i = 0; i < values.size(); i += block_values, from += block_bytes) {
    decode(from, &values[i]);
  }
}

}  // namespace headroom
