#include "headroom/core/utc_time.h"

#include <gtest/gtest.h>

namespace headroom {
namespace {

// As `date -u -d @SECONDS` tells them.
TEST(UtcTime, IsWrittenAsInIso8601) {
  EXPECT_EQ(utc_text(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(utc_text(951782399), "2000-02-28T23:59:59Z");
  EXPECT_EQ(utc_text(951782400), "2000-02-29T00:00:00Z");
  EXPECT_EQ(utc_text(4102444800), "2100-01-01T00:00:00Z") << "beyond 32 bits";
}

}  // namespace
}  // namespace headroom
