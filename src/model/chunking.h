#pragma once
#include <algorithm>
#include <cstdint>

namespace headroom {

// Calls work(first, count) for 0, step, 2 step, ... below `size`, with count <= step. In a dry run
// on meta tensors only memory matters, and all pieces between the first and the last are like the
// second: it alone is worked on, so that a large picture takes no longer than a small one.
template <typename Work>
void for_each_piece(std::int64_t size, std::int64_t step, bool on_meta, Work work) {
  for (std::int64_t first = 0; first < size; first += step) {
    work(first, std::min(step, size - first));
    const std::int64_t last = (size - 1) / step * step;
    if (on_meta && first == step && last > 2 * step) first = last - step;
  }
}

}  // namespace headroom
