#include "headroom/weights/weight_faults.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace headroom {
namespace {

using Bytes = std::span<const std::byte>;

// Download managers reserve and fill files in pieces of at least this size.
constexpr std::size_t kShortestHole = 16 * 1024;
// In a table of tokens: some vocabularies have rows without a word, and those may be alike.
constexpr std::size_t kTablePart = 64;
constexpr std::int64_t kTableRows = 32'768;
constexpr std::size_t kLook = 64;
// Repetition is searched with this period: a repeated byte or value of any format repeats after
// this many bytes.
constexpr std::size_t kWord = 8;
// File systems lose data in blocks of this size, aligned to it in the file.
constexpr std::size_t kBlock = 4096;

bool is_matrix(const TensorView& tensor) {
  return tensor.shape.size() >= 2 && tensor.shape[0] > 1 && tensor.shape[1] > 1;
}

std::size_t shortest_hole(const TensorView& tensor) {
  if (tensor.shape[0] < kTableRows) return kShortestHole;
  return std::max(kShortestHole, tensor.data.size() / kTablePart);
}

// Whether every byte equals the one `period` before it.
bool repeats(Bytes data, std::size_t period) {
  return data.size() <= period ||
         std::memcmp(data.data(), data.data() + period, data.size() - period) == 0;
}

// The longest stretch around `at` that repeats one word.
Bytes stretch_around(Bytes data, std::size_t at) {
  const std::size_t word = std::min(kWord, data.size());
  std::size_t begin = std::min(at, data.size() - word);
  std::size_t end = begin + word;
  while (begin > 0 && data[begin - 1] == data[begin - 1 + word]) --begin;
  while (end < data.size() && data[end] == data[end - word]) ++end;
  return data.subspan(begin, end - begin);
}

// Whether any value has all bits of its exponent set.
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

// `data` must begin at the start of a value.
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
      return false;  // codes: only their scales could be infinite
  }
}

// The fault that a repeating stretch of a matrix shows.
WeightFault fault_of(const TensorView& tensor, Bytes stretch) {
  const std::size_t hole = shortest_hole(tensor);
  if (stretch.size() < std::min(hole, tensor.data.size())) return WeightFault::kNone;
  const bool one_byte = repeats(stretch, 1);
  if (one_byte && stretch[0] == std::byte{0}) return WeightFault::kZeros;
  // A small matrix may have one value only, but hardly one whose bytes are all equal.
  const bool is_filled = one_byte && tensor_type(tensor.dtype).block_bytes > 1;
  return stretch.size() >= hole || is_filled ? WeightFault::kOneValue : WeightFault::kNone;
}

// The fault that the bytes from `at` on show.
WeightFault look_at(const TensorView& tensor, std::size_t at, std::size_t length) {
  const Bytes data = tensor.data;
  const std::size_t from = at - at % tensor_type(tensor.dtype).block_bytes;
  if (is_not_finite(tensor.dtype, data.subspan(from, std::min(kLook, data.size() - from))))
    return WeightFault::kNotFinite;
  if (!is_matrix(tensor) || !repeats(data.subspan(at, length), kWord)) return WeightFault::kNone;
  return fault_of(tensor, stretch_around(data, at));
}

bool is_zero(Bytes data) { return repeats(data, 1) && data.front() == std::byte{0}; }

// Bytes since the last multiple of `kBlock` in the file; mapped files begin at such an address.
std::size_t in_block(const std::byte* at) { return reinterpret_cast<std::uintptr_t>(at) % kBlock; }
std::size_t to_block(const std::byte* at) { return (kBlock - in_block(at)) % kBlock; }

// Whether this stretch of zeros is a lost block. Rows and columns may be zero on purpose: then
// whole rows are zero, or the neighbouring rows have zeros there as well. Values beside a hole may
// begin or end with zero bytes, which leaves its ends unclear by less than a word.
bool are_lost_blocks(const TensorView& tensor, Bytes zeros) {
  const Bytes data = tensor.data;
  const auto row = data.size() / static_cast<std::size_t>(tensor.shape[0]);
  const auto begin = static_cast<std::size_t>(zeros.data() - data.data());
  const std::size_t end = begin + zeros.size();
  const bool are_blocks =
      to_block(zeros.data()) < kWord && in_block(zeros.data() + zeros.size()) < kWord;
  const auto begins_a_row = [&](std::size_t at) { return (at + kWord) % row < 2 * kWord; };
  if (!are_blocks || (begins_a_row(begin) && begins_a_row(end))) return false;
  const bool above = begin >= row && is_zero(data.subspan(begin - row + kWord, kLook));
  const bool below =
      end + row <= data.size() && is_zero(data.subspan(end + row - kWord - kLook, kLook));
  return !above && !below;
}

// A hole of this length is shorter than the others that are looked for, so it is only reported
// where it cannot be meant: where values are so wide that not one of so many would be exactly
// zero.
bool has_lost_block(const TensorView& tensor) {
  const bool wide = tensor.dtype == DType::kF16 || tensor.dtype == DType::kBF16 ||
                    tensor.dtype == DType::kF32 || tensor.dtype == DType::kF64;
  if (!wide || !is_matrix(tensor)) return false;
  const Bytes data = tensor.data;
  for (std::size_t at = to_block(data.data()); at + kBlock <= data.size(); at += kBlock) {
    std::uint64_t word = 0;
    std::memcpy(&word, data.data() + at, sizeof word);
    if (word != 0 || !is_zero(data.subspan(at, kBlock))) continue;
    const Bytes zeros = stretch_around(data, at);
    if (are_lost_blocks(tensor, zeros)) return true;
    const auto end = static_cast<std::size_t>(zeros.data() - data.data()) + zeros.size();
    at += (end - at) / kBlock * kBlock;
  }
  return false;
}

// The scales of a norm: if all are zero, the layer outputs only zeros.
bool scales_a_norm(const TensorView& tensor, std::string_view name) {
  return tensor.shape.size() == 1 && name.find("norm") != std::string_view::npos &&
         name.ends_with(".weight");
}

}  // namespace

WeightFault find_fault(const TensorView& tensor, Look look, std::string_view name) {
  const Bytes data = tensor.data;
  if (data.empty()) return WeightFault::kNone;
  if (scales_a_norm(tensor, name) && is_zero(data)) return WeightFault::kZeros;
  if (look == Look::kMiddle) {
    const std::size_t length = std::min(kLook, data.size());
    return look_at(tensor, (data.size() - length) / 2, length);
  }
  const std::size_t hole =
      std::min(is_matrix(tensor) ? shortest_hole(tensor) : kShortestHole, data.size());
  // Every hole contains one of these pieces as a whole, so it is enough to look at the start of
  // each.
  const std::size_t piece = std::max<std::size_t>(1, hole / 2);
  for (std::size_t at = 0; at + piece <= data.size(); at += piece) {
    const WeightFault fault = look_at(tensor, at, std::min(kLook, piece));
    if (fault != WeightFault::kNone) return fault;
  }
  if (has_lost_block(tensor)) return WeightFault::kZeros;
  return look == Look::kAll && is_not_finite(tensor.dtype, data) ? WeightFault::kNotFinite
                                                                 : WeightFault::kNone;
}

}  // namespace headroom
