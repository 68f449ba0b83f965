#pragma once
#include <c10/core/ScalarType.h>

// float16 ends at 65504, which sums inside a block exceed. What a branch adds to the residual is
// therefore computed divided by a power of two: the feed-forward divides the input of its up
// projection, attention that of its output projection. The result is the same to the bit, except
// for values below float16's smallest numbers.
namespace headroom {

// The divisors of the two branches of a block.
struct BranchDivisors {
  double feed_forward = 1;
  double attention = 1;
};
[[nodiscard]] constexpr BranchDivisors branch_divisors(c10::ScalarType dtype) {
  return dtype == c10::ScalarType::Half ? BranchDivisors{32, 4} : BranchDivisors{};
}

}  // namespace headroom
