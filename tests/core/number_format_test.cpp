#include "headroom/core/number_format.h"

#include "headroom/core/error.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace headroom {
namespace {

TEST(NumberFormats, AreReadByTheirNames) {
  for (const NumberFormat format : kNumberFormats) {
    EXPECT_EQ(find_number_format(name_of(format)), format) << name_of(format);
    EXPECT_EQ(read_number_format(name_of(format)), format);
  }
  EXPECT_EQ(find_number_format("bf16"), NumberFormat::kBfloat16);
  for (const char* const name : {"", "BF16", "fp8", "bf16+vae32"}) {
    EXPECT_FALSE(find_number_format(name)) << name;
  }
}

TEST(NumberFormats, AWrongNameIsRefusedWithTheRightOnes) {
  try {
    static_cast<void>(read_number_format("fp8"));
    FAIL() << "fp8 was read";
  } catch (const Error& e) {
    EXPECT_EQ(e.kind(), ErrorKind::kInvalidRequest);
    EXPECT_STREQ(e.what(),
                 "number format \"fp8\" is not known; use auto, fp32, bf16, fp16 or int8, or q4 to "
                 "plan with");
  }
}

}  // namespace
}  // namespace headroom
