#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace headroom {

// Number formats of stored tensors, as safetensors and GGUF name them. The last twelve are GGUF's:
// rows consist of blocks of 32 or 256 values, each block with its own scales.
enum class DType {
  kBool,
  kU8,
  kI8,
  kI16,
  kU16,
  kF16,
  kBF16,
  kI32,
  kU32,
  kF32,
  kF64,
  kI64,
  kU64,
  kF8E4M3,
  kF8E5M2,
  kF8E8M0,
  kQ4_0,
  kQ4_1,
  kQ5_0,
  kQ5_1,
  kQ8_0,
  kQ2K,
  kQ3K,
  kQ4K,
  kQ5K,
  kQ6K,
  kIQ4NL,
  kIQ4XS
};

// Everything about a number format: a line of the table in src/weights/tensor_type.cpp.
struct TensorType {
  DType dtype;
  std::string_view name;     // "F32", "BF16", "Q4_K", ...
  std::size_t block_bytes;   // bytes of one block,
  std::size_t block_values;  // and how many values it holds: one, except in GGUF's block formats
  int gguf_number;           // GGUF's number for it; -1 = none
  // Decodes `blocks` blocks to float32 values. Null for formats whose bytes do not determine the
  // value: integers need scales, and F8_E8M0 is only used for scales.
  void (*decode)(const std::uint8_t* from, std::size_t blocks, float* values);

  // Bytes of `values` values, which must be whole blocks.
  [[nodiscard]] constexpr std::size_t bytes(std::size_t values) const {
    return values / block_values * block_bytes;
  }
};
// The table's line for a format.
[[nodiscard]] const TensorType& tensor_type(DType dtype);
[[nodiscard]] inline std::string_view dtype_name(DType dtype) { return tensor_type(dtype).name; }

// The format that safetensors calls `name` (case matters), and the one with this GGUF number;
// nothing if there is none.
[[nodiscard]] std::optional<DType> safetensors_dtype(std::string_view name);
[[nodiscard]] std::optional<DType> gguf_dtype(std::uint32_t number);
// The reverse. Throws Error{kInternal} for formats without a GGUF number.
[[nodiscard]] std::uint32_t gguf_number(DType dtype);

// Bytes of a tensor; nothing if an extent is negative, if rows are not whole blocks, or if a
// product does not fit an int64.
[[nodiscard]] std::optional<std::int64_t> tensor_bytes(DType dtype,
                                                       std::span<const std::int64_t> shape);

}  // namespace headroom
