#pragma once
#include <cstddef>
#include <span>

namespace headroom {

// Multiplies by the regular Hadamard matrix of the group's length, a power of four: the Kronecker
// power of H4 = 1/2 [[1,1,1,-1],[1,1,-1,1],[1,-1,1,1],[-1,1,1,1]] (ConvRot). Combines quadruples
// at distances 1, 4, 16, ... The matrix is its own inverse.
inline void rotate_group(std::span<float> group) {
  for (std::size_t stride = 1; stride < group.size(); stride *= 4) {
    for (std::size_t start = 0; start < group.size(); start += 4 * stride) {
      for (std::size_t i = start; i < start + stride; ++i) {
        const float a = group[i];
        const float b = group[i + stride];
        const float c = group[i + 2 * stride];
        const float d = group[i + 3 * stride];
        group[i] = (a + b + c - d) * 0.5F;
        group[i + stride] = (a + b - c + d) * 0.5F;
        group[i + 2 * stride] = (a - b + c + d) * 0.5F;
        group[i + 3 * stride] = (b + c + d - a) * 0.5F;
      }
    }
  }
}

}  // namespace headroom
