#include "headroom/diffusion/guidance.h"

#include "support/fixture.h"

#include <cmath>

#include <ATen/ops/full.h>

namespace headroom {
namespace {

at::Tensor vector_of(double value) { return at::full({4}, value); }  // its 2-norm is 2 |value|

double value_of(const at::Tensor& x) {
  EXPECT_TRUE(test::within(x, vector_of(x.const_data_ptr<float>()[0]), 0));
  return static_cast<double>(x.const_data_ptr<float>()[0]);
}

TEST(Guidance, GoesPastThePositivePrediction) {
  EXPECT_DOUBLE_EQ(value_of(guide(vector_of(3), vector_of(1), 4, 0)), 3 + 4 * (3 - 1));
  EXPECT_DOUBLE_EQ(value_of(guide(vector_of(3), vector_of(1), 0.5, 0)), 4);
}

TEST(Guidance, NormalisationCapsTheNorm) {
  EXPECT_NEAR(value_of(guide(vector_of(3), vector_of(1), 4, 1)), 3, 1e-6);
  EXPECT_NEAR(value_of(guide(vector_of(3), vector_of(1), 4, 0.5)), 1.5, 1e-6);
  EXPECT_NEAR(value_of(guide(vector_of(3), vector_of(5), 1, 1)), 1, 1e-6);     // below the cap
  EXPECT_NEAR(value_of(guide(vector_of(-3), vector_of(-1), 4, 1)), -3, 1e-6);  // keeps the sign
  EXPECT_NEAR(value_of(guide(vector_of(3), vector_of(1), 4, 50)), 11, 1e-6);   // a loose cap
}

TEST(Guidance, LeavesThePositivePredictionAlone) {
  const at::Tensor pos = vector_of(3);
  static_cast<void>(guide(pos, vector_of(1), 4, 0.5));
  EXPECT_EQ(value_of(pos), 3);
}

TEST(Guidance, IsOffWithoutScaleAndPastTheTruncation) {
  EXPECT_TRUE(is_guided(1, 1.0, 0.0F));
  EXPECT_TRUE(is_guided(1, 1.0, 1.0F));
  EXPECT_FALSE(is_guided(0, 1.0, 0.5F));
  EXPECT_FALSE(is_guided(-1, 1.0, 0.5F));
  EXPECT_TRUE(is_guided(1, 0.5, 0.5F));
  EXPECT_FALSE(is_guided(1, 0.5, std::nextafter(0.5F, 1.0F)));
  EXPECT_TRUE(is_guided(1, 1.5, 1.0F));
  // The reference compares the widened float with the double: 0.2f is a little more than 0.2.
  EXPECT_FALSE(is_guided(1, 0.2, 0.2F));
}

}  // namespace
}  // namespace headroom
