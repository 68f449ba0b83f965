#include "headroom/forecast/upscale_plan.h"

#include "headroom/core/bytes.h"
#include "headroom/device/device.h"

#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace headroom {
namespace {

using ::testing::HasSubstr;

// Real-ESRGAN's x4plus.
const UpscalerConfig kX4Plus{};

MemorySnapshot memory_of(std::int64_t bytes) {
  MemorySnapshot snapshot;
  snapshot.total = bytes;
  snapshot.free = bytes;
  snapshot.source = "a test";
  return snapshot;
}

UpscaleForecast forecast(const UpscalerConfig& config, int width, int height,
                         const MemorySnapshot& memory) {
  return forecast_upscale(config, width, height, choose_device("cpu"), memory, {std::nullopt, 0});
}

// 3x3 convolutions and biases of 23 blocks of 3 times 5 layers and of 6 other layers, 4 bytes each.
TEST(UpscalePlan, CountsTheWeights) {
  std::int64_t block = 0;
  for (int i = 0; i < 5; ++i) {
    const std::int64_t out = i == 4 ? 64 : 32;
    block += out * (64 + 32 * i) * 9 + out;
  }
  const std::int64_t ends = 64 * 3 * 9 + 64 + 4 * (64 * 64 * 9 + 64) + 3 * 64 * 9 + 3;
  const UpscalePlan plan = plan_upscale(kX4Plus, 64, 64, 0, choose_device("cpu"));
  const std::int64_t exact = 4 * (23 * 3 * block + ends);
  EXPECT_GE(plan.weights_bytes, exact);
  EXPECT_LT(plan.weights_bytes, exact + 64 * 2 * (23 * 15 + 6));  // rounded up to 64 each
}

// Behind the trunk two planes of 64 channels at 16 times the pixels are held at once.
TEST(UpscalePlan, OfTheWholeIsWhatTheLastSizeTakes) {
  const UpscalePlan plan = plan_upscale(kX4Plus, 256, 192, 0, choose_device("cpu"));
  const std::int64_t plane = std::int64_t{4} * 64 * 16 * 256 * 192;
  EXPECT_GE(plan.peak_bytes, plan.weights_bytes + 2 * plane);
  EXPECT_LT(plan.peak_bytes, plan.weights_bytes + 2 * plane + plane / 8);
  EXPECT_EQ(plan.pieces, 1);
}

TEST(UpscalePlan, TakesTheLargestPiecesThatFit) {
  const auto whole = forecast(kX4Plus, 256, 192, memory_of(8 * kGiB));
  ASSERT_TRUE(whole.fits);
  EXPECT_EQ(whole.plan.side, 0);
  std::int64_t last = whole.plan.peak_bytes;
  for (const std::int64_t part : {2, 3, 4}) {
    const std::int64_t memory = whole.plan.peak_bytes / part;
    const auto pieces = forecast(kX4Plus, 256, 192, memory_of(memory));
    ASSERT_TRUE(pieces.fits) << part;
    EXPECT_GT(pieces.plan.pieces, 1);
    EXPECT_LE(pieces.plan.piece_px, pieces.plan.side);
    EXPECT_GE(pieces.plan.piece_px * pieces.plan.piece_px * pieces.plan.pieces, 256 * 192);
    EXPECT_LE(pieces.plan.peak_bytes, memory);
    EXPECT_LT(pieces.plan.peak_bytes, last);
    last = pieces.plan.peak_bytes;
    const UpscalePlan larger =
        plan_upscale(kX4Plus, 256, 192, pieces.plan.side + 16, choose_device("cpu"));
    EXPECT_TRUE(larger.peak_bytes > memory || larger.pieces == pieces.plan.pieces) << part;
  }
}

TEST(UpscalePlan, SaysInOneSentenceThatNotEvenTheSmallestPiecesFit) {
  const std::int64_t least = plan_upscale(kX4Plus, 512, 512, 16, choose_device("cpu")).peak_bytes;
  EXPECT_TRUE(forecast(kX4Plus, 512, 512, memory_of(least)).fits);
  const auto small = forecast(kX4Plus, 512, 512, memory_of(least - 1));
  EXPECT_FALSE(small.fits);
  EXPECT_EQ(small.plan.side, 16);
  const std::string reason = small.reason.english();
  EXPECT_THAT(reason, HasSubstr("enlarging 512×512 needs"));
  EXPECT_THAT(reason, HasSubstr("even in the smallest pieces"));
  EXPECT_THAT(reason, HasSubstr("device with more memory"));
}

TEST(UpscalePlan, CountsPlanesAndPicturesAsMainMemory) {
  const UpscalePlan plan = plan_upscale(kX4Plus, 512, 384, 64, choose_device("cpu"));
  const std::int64_t pixels = std::int64_t{512} * 384;
  const std::int64_t planes = pixels * 4 * (64 + 64 + 64);  // the first, one's input and result
  EXPECT_GE(plan.host_bytes, planes + 4 * pixels * 17);
  EXPECT_LT(plan.host_bytes, planes + 4 * pixels * 17 + pixels * 4 * 8);
  MemorySnapshot memory = memory_of(8 * kGiB);
  memory.host_available = kGiB;
  const auto forecasted = forecast(kX4Plus, 4096, 4096, memory);
  EXPECT_FALSE(forecasted.fits);
  EXPECT_THAT(forecasted.reason.english(), HasSubstr("of main memory"));
}

}  // namespace
}  // namespace headroom
