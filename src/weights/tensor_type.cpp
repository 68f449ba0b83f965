#include "headroom/weights/tensor_type.h"

#include "headroom/core/error.h"
#include "headroom/weights/small_floats.h"

#include "gguf_blocks.h"

#include <array>
#include <cstring>
#include <string>

namespace headroom {
namespace {

using Decode = void (*)(const std::uint8_t* from, std::size_t blocks, float* values);

void decode_f32(const std::uint8_t* from, std::size_t count, float* values) {
  std::memcpy(values, from, count * sizeof(float));
}
void decode_f64(const std::uint8_t* from, std::size_t count, float* values) {
  for (std::size_t i = 0; i < count; ++i) {
    double wide = 0;
    std::memcpy(&wide, from + i * sizeof wide, sizeof wide);
    values[i] = static_cast<float>(wide);
  }
}
void decode_f16(const std::uint8_t* from, std::size_t count, float* values) {
  for (std::size_t i = 0; i < count; ++i) values[i] = from_f16(load_u16(from + 2 * i));
}
void decode_bf16(const std::uint8_t* from, std::size_t count, float* values) {
  for (std::size_t i = 0; i < count; ++i) values[i] = from_bf16(load_u16(from + 2 * i));
}
void decode_e4m3(const std::uint8_t* from, std::size_t count, float* values) {
  for (std::size_t i = 0; i < count; ++i) values[i] = kE4M3[from[i]];
}
void decode_e5m2(const std::uint8_t* from, std::size_t count, float* values) {
  for (std::size_t i = 0; i < count; ++i) values[i] = kE5M2[from[i]];
}

constexpr TensorType plain(DType dtype, std::string_view name, std::size_t bytes,
                           Decode decode = nullptr, int gguf_number = -1) {
  return {dtype, name, bytes, 1, gguf_number, decode};
}

// A GGUF format with its decoder for one block.
template <BlockDecoder kDecode, std::size_t kBytes, std::size_t kValues>
constexpr TensorType blocks(DType dtype, std::string_view name, int gguf_number) {
  return {dtype,
          name,
          kBytes,
          kValues,
          gguf_number,
          [](const std::uint8_t* from, std::size_t count, float* values) {
            for (std::size_t i = 0; i < count; ++i)
              kDecode(from + i * kBytes, values + i * kValues);
          }};
}

// In the order of the enumerators.
constexpr std::array<TensorType, 28> kTypes{
    plain(DType::kBool, "BOOL", 1),
    plain(DType::kU8, "U8", 1),
    plain(DType::kI8, "I8", 1),
    plain(DType::kI16, "I16", 2),
    plain(DType::kU16, "U16", 2),
    plain(DType::kF16, "F16", 2, decode_f16, 1),
    plain(DType::kBF16, "BF16", 2, decode_bf16, 30),
    plain(DType::kI32, "I32", 4),
    plain(DType::kU32, "U32", 4),
    plain(DType::kF32, "F32", 4, decode_f32, 0),
    plain(DType::kF64, "F64", 8, decode_f64),
    plain(DType::kI64, "I64", 8),
    plain(DType::kU64, "U64", 8),
    plain(DType::kF8E4M3, "F8_E4M3", 1, decode_e4m3),
    plain(DType::kF8E5M2, "F8_E5M2", 1, decode_e5m2),
    plain(DType::kF8E8M0, "F8_E8M0", 1),
    blocks<decode_q4_0, 18, 32>(DType::kQ4_0, "Q4_0", 2),
    blocks<decode_q4_1, 20, 32>(DType::kQ4_1, "Q4_1", 3),
    blocks<decode_q5_0, 22, 32>(DType::kQ5_0, "Q5_0", 6),
    blocks<decode_q5_1, 24, 32>(DType::kQ5_1, "Q5_1", 7),
    blocks<decode_q8_0, 34, 32>(DType::kQ8_0, "Q8_0", 8),
    blocks<decode_q2_k, 84, 256>(DType::kQ2K, "Q2_K", 10),
    blocks<decode_q3_k, 110, 256>(DType::kQ3K, "Q3_K", 11),
    blocks<decode_q4_k, 144, 256>(DType::kQ4K, "Q4_K", 12),
    blocks<decode_q5_k, 176, 256>(DType::kQ5K, "Q5_K", 13),
    blocks<decode_q6_k, 210, 256>(DType::kQ6K, "Q6_K", 14),
    blocks<decode_iq4_nl, 18, 32>(DType::kIQ4NL, "IQ4_NL", 20),
    blocks<decode_iq4_xs, 136, 256>(DType::kIQ4XS, "IQ4_XS", 23),
};

constexpr bool rows_follow_the_enum() {
  for (std::size_t i = 0; i < kTypes.size(); ++i) {
    if (static_cast<std::size_t>(kTypes[i].dtype) != i) return false;
  }
  return true;
}
static_assert(rows_follow_the_enum());

}  // namespace

const TensorType& tensor_type(DType dtype) { return kTypes[static_cast<std::size_t>(dtype)]; }

std::optional<DType> safetensors_dtype(std::string_view name) {
  for (const TensorType& type : kTypes) {
    if (type.name == name && type.block_values == 1) return type.dtype;
  }
  return std::nullopt;
}

std::optional<DType> gguf_dtype(std::uint32_t number) {
  for (const TensorType& type : kTypes) {
    if (type.gguf_number >= 0 && static_cast<std::uint32_t>(type.gguf_number) == number) {
      return type.dtype;
    }
  }
  return std::nullopt;
}

std::uint32_t gguf_number(DType dtype) {
  const int number = tensor_type(dtype).gguf_number;
  if (number >= 0) return static_cast<std::uint32_t>(number);
  throw Error(ErrorKind::kInternal, "GGUF cannot hold " + std::string(dtype_name(dtype)) +
                                        "; please report this as a fault of the program");
}

std::optional<std::int64_t> tensor_bytes(DType dtype, std::span<const std::int64_t> shape) {
  // Extents of 0 are left out of the products, so that an empty tensor cannot hide extents whose
  // strides overflow. The product of the extents is checked as well: a block can have more values
  // than bytes.
  const auto block = static_cast<std::int64_t>(tensor_type(dtype).block_values);
  const std::int64_t width = shape.empty() ? 1 : shape.back();
  if (width % block != 0) return std::nullopt;
  auto bytes = static_cast<std::int64_t>(tensor_type(dtype).block_bytes);
  std::int64_t values = 1;
  bool empty = false;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const std::int64_t extent = shape[i];
    if (extent < 0) return std::nullopt;
    const std::int64_t blocks = i + 1 == shape.size() ? extent / block : extent;
    if (extent == 0) {
      empty = true;
    } else if (__builtin_mul_overflow(values, extent, &values) ||
               __builtin_mul_overflow(bytes, blocks, &bytes)) {
      return std::nullopt;
    }
  }
  return empty ? 0 : bytes;
}

}  // namespace headroom
