#include "headroom/weights/hollow.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace headroom {
namespace {

using Bytes = std::span<const std::byte>;

// Download managers reserve and fill files in pieces of at least this.
constexpr std::size_t kShortestHole = 16 * 1024;
// Of a table: some vocabularies have more rows than words, and those may be alike.
constexpr std::size_t kTablePart = 64;
constexpr std::int64_t kTableRows = 32'768;
constexpr std::size_t kLook = 64;
// What repeats is a byte or a value, of any format: all of them begin anew after so many bytes.
constexpr std::size_t kWord = 8;

bool is_matrix(const TensorView& tensor) {
  return tensor.shape.size() >= 2 && tensor.shape[0] > 1 && tensor.shape[1] > 1;
}

std::size_t shortest_hole(const TensorView& tensor) {
  if (tensor.shape[0] < kTableRows) return kShortestHole;
  return std::max(kShortestHole, tensor.data.size() / kTablePart);
}

// Whether all bytes are those that come `period` before them.
bool repeats(Bytes data, std::size_t period) {
  return data.size() <= period ||
         std::memcmp(data.data(), data.data() + period, data.size() - period) == 0;
}

// The bytes around `at` that repeat one word, as far as they reach.
Bytes stretch_around(Bytes data, std::size_t at) {
  const std::size_t word = std::min(kWord, data.size());
  std::size_t begin = std::min(at, data.size() - word);
  std::size_t end = begin + word;
  while (begin > 0 && data[begin - 1] == data[begin - 1 + word]) --begin;
  while (end < data.size() && data[end] == data[end - word]) ++end;
  return data.subspan(begin, end - begin);
}

// Whether one of the values has all bits of its exponent set.
template <typename Bits>
bool any_not_finite(Bytes data, Bits exponent) {
  bool found = false;
  for (std::size_t at = 0; at + sizeof(Bits) <= data.size(); at += sizeof(Bits)) {
    Bits bits = 0;
    std::memcpy(&bits, data.data() + at, sizeof bits);
    found |= (bits & exponent) == exponent;
  }
  return found;
}

// `data` begins with a whole value.
bool is_not_finite(DType dtype, Bytes data) {
  switch (dtype) {
    case DType::kF16:
      return any_not_finite<std::uint16_t>(data, 0x7C00);
    case DType::kBF16:
      return any_not_finite<std::uint16_t>(data, 0x7F80);
    case DType::kF32:
      return any_not_finite<std::uint32_t>(data, 0x7F800000);
    case DType::kF64:
      return any_not_finite<std::uint64_t>(data, 0x7FF0000000000000);
    case DType::kF8E4M3:
      return any_not_finite<std::uint8_t>(data, 0x7F);
    case DType::kF8E5M2:
      return any_not_finite<std::uint8_t>(data, 0x7C);
    default:
      return false;  // codes, which only their scales make so
  }
}

// What a stretch that repeats, of a matrix, says of it.
WeightFault fault_of(const TensorView& tensor, Bytes stretch) {
  const std::size_t hole = shortest_hole(tensor);
  if (stretch.size() < std::min(hole, tensor.data.size())) return WeightFault::kNone;
  const bool one_byte = repeats(stretch, 1);
  if (one_byte && stretch[0] == std::byte{0}) return WeightFault::kZeros;
  // A small matrix may be of one value, but hardly of one whose bytes are all the same.
  const bool is_filled = one_byte && dtype_bytes(tensor.dtype) > 1;
  return stretch.size() >= hole || is_filled ? WeightFault::kOneValue : WeightFault::kNone;
}

// What one look at the bytes from `at` on shows.
WeightFault look_at(const TensorView& tensor, std::size_t at, std::size_t length) {
  const Bytes data = tensor.data;
  const std::size_t from = at - at % dtype_bytes(tensor.dtype);
  if (is_not_finite(tensor.dtype, data.subspan(from, std::min(kLook, data.size() - from))))
    return WeightFault::kNotFinite;
  if (!is_matrix(tensor) || !repeats(data.subspan(at, length), kWord)) return WeightFault::kNone;
  return fault_of(tensor, stretch_around(data, at));
}

}  // namespace

WeightFault find_fault(const TensorView& tensor, Look look) {
  const Bytes data = tensor.data;
  if (data.empty()) return WeightFault::kNone;
  if (look == Look::kMiddle) {
    const std::size_t length = std::min(kLook, data.size());
    return look_at(tensor, (data.size() - length) / 2, length);
  }
  const std::size_t hole =
      std::min(is_matrix(tensor) ? shortest_hole(tensor) : kShortestHole, data.size());
  // Every hole of that length holds one of these pieces whole, so the rest need not be read twice.
  const std::size_t piece = std::max<std::size_t>(1, hole / 2);
  for (std::size_t at = 0; at + piece <= data.size(); at += piece) {
    const WeightFault fault = look_at(tensor, at, std::min(kLook, piece));
    if (fault != WeightFault::kNone) return fault;
  }
  return look == Look::kAll && is_not_finite(tensor.dtype, data) ? WeightFault::kNotFinite
                                                                 : WeightFault::kNone;
}

}  // namespace headroom
