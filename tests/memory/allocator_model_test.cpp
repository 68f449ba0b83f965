#include "headroom/memory/allocator_model.h"

#include "memory/allocator_script.h"

#include <cstdint>

#include <gtest/gtest.h>

namespace headroom {
namespace {

using test::Script;

StagePeak of(const TracePeaks& peaks, Stage stage) {
  return peaks.stages[static_cast<std::size_t>(stage)];
}

TEST(AllocatorModel, RoundsEveryBlockUpTo64Bytes) {
  Script script;
  script.take(0, 1).take(1, 64).take(2, 65);
  EXPECT_EQ(replay_cpu_budget(script.allocations).peak_bytes, 64 + 64 + 128);
}

TEST(AllocatorModel, AnEmptyTraceNeedsNothing) {
  const TracePeaks peaks = replay_cpu_budget({});
  EXPECT_EQ(peaks.peak_bytes, 0);
  for (const StagePeak& stage : peaks.stages) EXPECT_FALSE(stage.seen);
}

TEST(AllocatorModel, FreedMemoryIsUsedAgain) {
  Script script;
  script.take(0, 640).free(0).take(1, 640).take(2, 64).free(1).free(2).take(3, 128);
  EXPECT_EQ(replay_cpu_budget(script.allocations).peak_bytes, 704);
}

TEST(AllocatorModel, GivesEachStageItsOwnPeakWithWhatIsAliveFromBefore) {
  Script script;
  script.stage(Stage::kLoad).take(0, 1024, MemoryTag::kWeights);
  script.stage(Stage::kEncode).take(1, 256).take(2, 512).free(2);
  script.stage(Stage::kDecode).free(1).take(3, 64);
  const TracePeaks peaks = replay_cpu_budget(script.allocations);
  EXPECT_EQ(of(peaks, Stage::kLoad).peak_bytes, 1024);
  EXPECT_EQ(of(peaks, Stage::kEncode).peak_bytes, 1024 + 768);
  EXPECT_EQ(of(peaks, Stage::kDecode).peak_bytes, 1024 + 256);  // when it begins, 1 is still alive
  EXPECT_EQ(of(peaks, Stage::kDecode).activation_bytes, 256);
  EXPECT_EQ(of(peaks, Stage::kDecode).weights_bytes, 1024);
  EXPECT_FALSE(of(peaks, Stage::kDenoise).seen);
  EXPECT_EQ(of(peaks, Stage::kDenoise).peak_bytes, 0);
  EXPECT_EQ(peaks.peak_bytes, 1024 + 768);
}

TEST(AllocatorModel, TheKindsNeedNotPeakTogether) {
  Script script;
  script.take(0, 640, MemoryTag::kActivations).free(0);
  script.take(1, 320, MemoryTag::kWorkspace).free(1);
  script.take(2, 128, MemoryTag::kWeights);
  const StagePeak stage = of(replay_cpu_budget(script.allocations), Stage::kLoad);
  EXPECT_EQ(stage.activation_bytes, 640);
  EXPECT_EQ(stage.workspace_bytes, 320);
  EXPECT_EQ(stage.weights_bytes, 128);
  EXPECT_EQ(stage.peak_bytes, 640);
}

TEST(AllocatorModel, AStageThatIsEnteredTwiceKeepsItsLargestPeak) {
  Script script;
  script.stage(Stage::kDenoise).take(0, 640).free(0);
  script.stage(Stage::kDecode).take(1, 64).free(1);
  script.stage(Stage::kDenoise).take(2, 128);
  const TracePeaks peaks = replay_cpu_budget(script.allocations);
  EXPECT_EQ(of(peaks, Stage::kDenoise).peak_bytes, 640);
  EXPECT_EQ(of(peaks, Stage::kDecode).peak_bytes, 64);
}

TEST(AllocatorModel, CountsBeyondFourGibibytes) {
  Script script;
  script.take(0, std::int64_t{40} << 30).take(1, std::int64_t{40} << 30);
  EXPECT_EQ(replay_cpu_budget(script.allocations).peak_bytes, std::int64_t{80} << 30);
}

}  // namespace
}  // namespace headroom
