#include "headroom/weights/hollow.h"

#include <algorithm>
#include <cstring>

namespace headroom {
namespace {

// Download managers reserve and fill files in pieces of at least this.
constexpr std::size_t kShortestHole = 16 * 1024;
// Of a table: some vocabularies have more rows than words, and those may be zero.
constexpr std::size_t kTablePart = 64;
constexpr std::int64_t kTableRows = 32'768;
constexpr std::size_t kLook = 64;

bool is_matrix(const TensorView& tensor) {
  return tensor.shape.size() >= 2 && tensor.shape[0] > 1 && tensor.shape[1] > 1;
}

bool is_zero(std::span<const std::byte> data) {
  return data.empty() || (data[0] == std::byte{0} &&
                          std::memcmp(data.data(), data.data() + 1, data.size() - 1) == 0);
}

std::size_t shortest_hole(const TensorView& tensor) {
  if (tensor.shape[0] < kTableRows) return kShortestHole;
  return std::max(kShortestHole, tensor.data.size() / kTablePart);
}

}  // namespace

bool is_hollow(const TensorView& tensor) {
  if (!is_matrix(tensor)) return false;
  const std::span<const std::byte> data = tensor.data;
  const std::size_t hole = std::min(shortest_hole(tensor), data.size());
  // Every hole of that length holds one of these pieces whole, so the rest need not be read twice.
  const std::size_t piece = std::max<std::size_t>(1, hole / 2);
  for (std::size_t at = 0; at + piece <= data.size(); at += piece) {
    if (!is_zero(data.subspan(at, std::min(kLook, piece)))) continue;
    std::size_t begin = at;
    while (begin > 0 && data[begin - 1] == std::byte{0}) --begin;
    std::size_t end = at;
    while (end < data.size() && data[end] == std::byte{0}) ++end;
    if (end - begin >= hole) return true;
    at = std::max(at, end / piece * piece);
  }
  return false;
}

bool is_hollow_in_the_middle(const TensorView& tensor) {
  const std::span<const std::byte> data = tensor.data;
  const std::size_t look = std::min(kLook, data.size());
  return is_matrix(tensor) && is_zero(data.subspan((data.size() - look) / 2, look)) &&
         is_hollow(tensor);
}

}  // namespace headroom
