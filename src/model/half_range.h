#pragma once
#include <c10/core/ScalarType.h>

// float16 ends at 65504, which the sums inside of a block pass. What is added to the residual is
// therefore computed smaller by a power of two, by what goes into the last product but one: the
// result is the same to the bit but for what falls below float16's smallest numbers.
namespace headroom {

// The feed-forward's products, and attention's output projection.
struct BranchDivisors {
  double feed_forward = 1;
  double attention = 1;
};
[[nodiscard]] constexpr BranchDivisors branch_divisors(c10::ScalarType dtype) {
  return dtype == c10::ScalarType::Half ? BranchDivisors{32, 4} : BranchDivisors{};
}

}  // namespace headroom
