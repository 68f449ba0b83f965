#include "headroom/weights/tensor_header.h"

#include <array>
#include <utility>

namespace headroom {
namespace {

struct DTypeRow {
  DType dtype;
  std::string_view name;
  std::size_t bytes;  // of a block
  std::size_t values;
};

// In the order of the enumerators.
constexpr std::array<DTypeRow, 28> kDTypes{
    {{DType::kBool, "BOOL", 1, 1},      {DType::kU8, "U8", 1, 1},
     {DType::kI8, "I8", 1, 1},          {DType::kI16, "I16", 2, 1},
     {DType::kU16, "U16", 2, 1},        {DType::kF16, "F16", 2, 1},
     {DType::kBF16, "BF16", 2, 1},      {DType::kI32, "I32", 4, 1},
     {DType::kU32, "U32", 4, 1},        {DType::kF32, "F32", 4, 1},
     {DType::kF64, "F64", 8, 1},        {DType::kI64, "I64", 8, 1},
     {DType::kU64, "U64", 8, 1},        {DType::kF8E4M3, "F8_E4M3", 1, 1},
     {DType::kF8E5M2, "F8_E5M2", 1, 1}, {DType::kF8E8M0, "F8_E8M0", 1, 1},
     {DType::kQ4_0, "Q4_0", 18, 32},    {DType::kQ4_1, "Q4_1", 20, 32},
     {DType::kQ5_0, "Q5_0", 22, 32},    {DType::kQ5_1, "Q5_1", 24, 32},
     {DType::kQ8_0, "Q8_0", 34, 32},    {DType::kQ2K, "Q2_K", 84, 256},
     {DType::kQ3K, "Q3_K", 110, 256},   {DType::kQ4K, "Q4_K", 144, 256},
     {DType::kQ5K, "Q5_K", 176, 256},   {DType::kQ6K, "Q6_K", 210, 256},
     {DType::kIQ4NL, "IQ4_NL", 18, 32}, {DType::kIQ4XS, "IQ4_XS", 136, 256}}};

constexpr bool rows_follow_the_enum() {
  for (std::size_t i = 0; i < kDTypes.size(); ++i) {
    if (static_cast<std::size_t>(kDTypes[i].dtype) != i) return false;
  }
  return true;
}
static_assert(rows_follow_the_enum());

}  // namespace

std::size_t dtype_bytes(DType dtype) { return kDTypes[static_cast<std::size_t>(dtype)].bytes; }

std::size_t dtype_values(DType dtype) { return kDTypes[static_cast<std::size_t>(dtype)].values; }

std::string_view dtype_name(DType dtype) { return kDTypes[static_cast<std::size_t>(dtype)].name; }

std::optional<DType> dtype_from_name(std::string_view name) {
  for (const DTypeRow& row : kDTypes) {
    if (row.name == name && row.values == 1) return row.dtype;
  }
  return std::nullopt;
}

std::optional<std::int64_t> tensor_bytes(DType dtype, std::span<const std::int64_t> shape) {
  // The products leave extents of 0 out, so that an empty tensor cannot hide extents whose strides
  // would overflow. That of the extents counts as well: a block can have more values than bytes.
  const auto block = static_cast<std::int64_t>(dtype_values(dtype));
  const std::int64_t width = shape.empty() ? 1 : shape.back();
  if (width % block != 0) return std::nullopt;
  auto bytes = static_cast<std::int64_t>(dtype_bytes(dtype));
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
