#pragma once
#include <algorithm>
#include <cstdint>

namespace headroom {

// Calls work(first, count) for 0, step, 2 step, ... below `size`, with count <= step. In a dry run
// on meta tensors, where only memory is looked at, the pieces between the first and the last are
// all like the second, and it alone stands for them: a large picture costs no more than a small
// one.
template <typename Work>
void for_each_piece(std::int64_t size, std::int64_t step, bool on_meta, Work work) {
  for (std::int64_t first = 0; first < size; first += step) {
    work(first, std::min(step, size - first));
    const std::int64_t last = (size - 1) / step * step;
    if (on_meta && first == step && last > 2 * step) first = last - step;
  }
}

}  // namespace headroom
