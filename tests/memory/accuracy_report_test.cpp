#include "headroom/memory/accuracy_report.h"

#include "headroom/core/run_record.h"

#include <gtest/gtest.h>

namespace headroom {
namespace {

// Predicted 10 s of denoising and 1000 bytes; what it took is the test's business.
RunRecord run(double denoise_seconds, std::int64_t peak_bytes, const std::string& device = "card") {
  RunRecord run_record;
  run_record.device = device;
  run_record.model = "model";
  run_record.dtype = "bf16";
  run_record.plan.peak_bytes = 5000;  // of a card, taken hold of before: no measurement
  run_record.plan.in_use_peak_bytes = 1000;
  run_record.plan.stages = {{Stage::kLoad, 0, 0, 0, 0, 4}, {Stage::kDenoise, 0, 0, 0, 0, 10}};
  run_record.actual_peak_bytes = 5000;
  run_record.actual_in_use_bytes = peak_bytes;
  run_record.stage_seconds = {2, 1, 0, denoise_seconds, 1, 0, 1};
  return run_record;
}

TEST(Report, SaysNothingOfNothing) { EXPECT_TRUE(summarize({}).empty()); }

TEST(Report, ComparesPredictedWithActual) {
  const auto groups = summarize({run(8, 1000), run(10, 800), run(20, 1250), run(5, 1000)});
  ASSERT_EQ(groups.size(), 1U);
  const ReportGroup& group = groups[0];
  EXPECT_EQ(group.runs, 4);
  // 1000/1000, 1000/800, 1000/1250, 1000/1000
  EXPECT_EQ(group.peak.runs, 4);
  EXPECT_DOUBLE_EQ(group.peak.median, 0);
  EXPECT_DOUBLE_EQ(group.peak.worst_over, 0.25);
  EXPECT_NEAR(group.peak.worst_under, -0.2, 1e-12);
  EXPECT_NEAR(group.peak.median_absolute, 0.1, 1e-12);  // of 0, 0, 0.2, 0.25
  // 10/8, 10/10, 10/20, 10/5
  const ErrorSummary& denoise = group.seconds[static_cast<std::size_t>(Stage::kDenoise)];
  EXPECT_EQ(denoise.runs, 4);
  EXPECT_DOUBLE_EQ(denoise.median, 0.125);
  EXPECT_DOUBLE_EQ(denoise.median_absolute, 0.375);
  EXPECT_DOUBLE_EQ(denoise.worst_over, 1);
  EXPECT_DOUBLE_EQ(denoise.worst_under, -0.5);
  EXPECT_EQ(group.seconds[static_cast<std::size_t>(Stage::kDecode)].runs, 0);  // not predicted
}

TEST(Report, LoadCountsOnlyWhereTheModelWasOpened) {
  RunRecord cold = run(10, 1000);
  cold.opened = true;
  const auto groups = summarize({run(10, 1000), cold});
  ASSERT_EQ(groups.size(), 1U);
  EXPECT_EQ(groups[0].seconds[0].runs, 1);
  EXPECT_DOUBLE_EQ(groups[0].seconds[0].median, 1);  // 4 s for 2 s
  EXPECT_DOUBLE_EQ(compared_seconds(cold).predicted, 14);
  EXPECT_DOUBLE_EQ(compared_seconds(cold).actual, 12);
  EXPECT_DOUBLE_EQ(compared_seconds(run(8, 1000)).predicted, 10);
  EXPECT_DOUBLE_EQ(compared_seconds(run(8, 1000)).actual, 8);
  EXPECT_NEAR(groups[0].total_seconds.median, (14.0 / 12 - 1) / 2, 1e-12);
}

TEST(Report, FirstRunsWithoutAPredictionAreCountedButNotCompared) {
  RunRecord first = run(10, 1000);
  for (StagePlan& stage : first.plan.stages) stage.seconds = 0;
  const auto groups = summarize({first});
  ASSERT_EQ(groups.size(), 1U);
  EXPECT_EQ(groups[0].runs, 1);
  EXPECT_EQ(groups[0].peak.runs, 1);
  EXPECT_EQ(groups[0].total_seconds.runs, 0);
  EXPECT_EQ(groups[0].total_seconds.median, 0);
}

// As a damaged file has it.
TEST(Report, AbsurdFiguresAreNotCompared) {
  for (const double seconds : {1e300, 1e-300}) {
    RunRecord absurd = run(seconds, 1000);
    const auto groups = summarize({run(8, 1000), absurd});
    ASSERT_EQ(groups.size(), 1U);
    EXPECT_EQ(groups[0].runs, 2);
    const ErrorSummary& denoise = groups[0].seconds[static_cast<std::size_t>(Stage::kDenoise)];
    EXPECT_EQ(denoise.runs, 1);
    EXPECT_DOUBLE_EQ(denoise.worst_over, 0.25);
    EXPECT_DOUBLE_EQ(denoise.worst_under, 0);
  }
}

TEST(Report, KeepsDevicesModelsAndFormatsApart) {
  RunRecord other_model = run(10, 1000);
  other_model.model = "other";
  RunRecord other_format = run(10, 1000);
  other_format.dtype = "fp32";
  const auto groups = summarize(
      {run(10, 1000), run(10, 1000, "CPU budget"), other_model, other_format, run(10, 1000)});
  ASSERT_EQ(groups.size(), 4U);
  EXPECT_EQ(groups[0].runs, 2);
  EXPECT_EQ(groups[1].device, "CPU budget");
  EXPECT_EQ(groups[2].model, "other");
  EXPECT_EQ(groups[3].dtype, "fp32");
}

}  // namespace
}  // namespace headroom
