// Predicted seconds: learnt from run records, through the public doors.
#include "headroom/core/bytes.h"
#include "headroom/core/run_record.h"

#include "pipeline/run_support.h"

#include <gtest/gtest.h>

namespace headroom {
namespace {

using test::Runner;
using test::small_request;

// Another program's view of the device: nothing is loaded yet.
MemorySnapshot empty_device() {
  MemorySnapshot memory;
  memory.total = memory.free = 8 * kGiB;
  memory.source = "CPU budget";
  return memory;
}

// A run of `request` that took these seconds, under the plan that would be chosen.
RunRecord run_record_of(const Runner& runner, const GenerationRequest& request) {
  RunRecord run_record = runner.run(request).at(0).run_record;
  run_record.stage_seconds = {2, 1, 0, 8, 4, 0, 0.5};
  run_record.copy_bytes_per_second = 0;  // as it really was, and so nothing to these seconds
  return run_record;
}

double seconds(const Forecast& forecast, Stage stage) {
  const StagePlan* const part = find_stage(forecast.plan, stage);
  return part != nullptr ? part->seconds : 0;
}

TEST(Seconds, AreUnknownBeforeAnyRunAndThatOfTheRunAfterwards) {
  const Runner runner(test::model_root("tiny"));
  const GenerationRequest request = small_request(runner);
  const RunRecord run_record = run_record_of(runner, request);
  EXPECT_EQ(runner.forecast(request, empty_device()).plan.seconds, 0);
  EXPECT_TRUE(runner.forecaster->learn(run_record));
  const Forecast forecast = runner.forecast(request, empty_device());
  for (int i = 0; i < kStageCount; ++i) {
    const auto stage = static_cast<Stage>(i);
    EXPECT_NEAR(seconds(forecast, stage), run_record.stage_seconds[static_cast<std::size_t>(i)],
                1e-9)
        << stage_name(stage);
  }
  EXPECT_NEAR(forecast.plan.seconds, 2 + 1 + 8 + 4 + 0.5, 1e-9);
  // Further pictures neither load nor encode; twice the steps denoise twice as long.
  GenerationRequest more = request;
  more.count = 3;
  EXPECT_NEAR(runner.forecast(more, empty_device()).plan.seconds, 2 + 1 + 3 * (8 + 4 + 0.5), 1e-9);
  GenerationRequest longer = request;
  longer.steps *= 2;
  EXPECT_NEAR(seconds(runner.forecast(longer, empty_device()), Stage::kDenoise), 16, 1e-9);
}

TEST(Seconds, WhatIsLoadedAlreadyTakesNoTime) {
  const Runner runner(test::model_root("tiny"));
  const GenerationRequest request = small_request(runner);
  EXPECT_TRUE(runner.forecaster->learn(run_record_of(runner, request)));
  MemorySnapshot memory = empty_device();
  const std::int64_t all = runner.forecast(request, memory).plan.stages.at(1).weights_bytes;
  memory.weights = all / 2;
  EXPECT_NEAR(seconds(runner.forecast(request, memory), Stage::kLoad), 1, 0.01);
  memory.weights = all;
  EXPECT_EQ(seconds(runner.forecast(request, memory), Stage::kLoad), 0);
}

TEST(Seconds, ARunThatFoundTheModelOpenSaysNothingOfLoading) {
  const Runner runner(test::model_root("tiny"));
  const GenerationRequest request = small_request(runner);
  RunRecord run_record = run_record_of(runner, request);
  run_record.opened = false;
  EXPECT_TRUE(runner.forecaster->learn(run_record));
  EXPECT_EQ(seconds(runner.forecast(request, empty_device()), Stage::kLoad), 0);
  EXPECT_GT(seconds(runner.forecast(request, empty_device()), Stage::kDecode), 0);
}

TEST(Seconds, AreLearntOnlyFromRunsOfTheSameKind) {
  const Runner runner(test::model_root("tiny"));
  const GenerationRequest request = small_request(runner);
  const RunRecord good = run_record_of(runner, request);
  const auto refused = [&](const auto& change) {
    RunRecord run_record = good;
    change(run_record);
    return !runner.forecaster->learn(run_record);
  };
  EXPECT_TRUE(refused([](RunRecord& r) { r.model = "another"; }));
  EXPECT_TRUE(refused([](RunRecord& r) { r.device = "a card"; }));
  EXPECT_TRUE(refused([](RunRecord& r) { r.device_uuid = "GPU-1"; }));
  EXPECT_TRUE(refused([](RunRecord& r) { r.dtype = "bf16"; }));
  EXPECT_TRUE(refused([](RunRecord& r) { r.threads = 2; }));
  EXPECT_TRUE(refused([](RunRecord& r) { r.plan.execution = {"magic"}; }));
  EXPECT_TRUE(refused([](RunRecord& r) { r.plan.execution = {"stream-blocks:999"}; }));
  EXPECT_EQ(runner.forecast(request, empty_device()).plan.seconds, 0);
}

TEST(Seconds, AreThoseOfTheGuidedSteps) {
  const Runner runner(test::model_root("tiny"));
  GenerationRequest request = small_request(runner);
  request.negative_prompt = request.prompt;  // equally long, so a guided step costs twice as much
  request.steps = 4;
  request.shift = 1.0;  // the model's times at the steps: 0, 1/4, 2/4, 3/4
  EXPECT_TRUE(runner.forecaster->learn(run_record_of(runner, request)));
  request.cfg_truncation = 0.3;  // two of four steps are guided
  EXPECT_NEAR(seconds(runner.forecast(request, empty_device()), Stage::kDenoise), 8 * 0.75, 1e-9);
}

TEST(Seconds, OfStreamedLayersFollowTheRateAtWhichTheLastRunsCopied) {
  // So slow that copies are all that counts.
  constexpr double kRate = 1000;
  const auto streamed_seconds = [](std::initializer_list<double> rates) {
    const Runner runner(test::model_root("tiny"), [](PipelineOptions& options) {
      options.floor.stream_blocks = options.model.transformer.n_layers;
    });
    const GenerationRequest request = small_request(runner);
    RunRecord run_record = run_record_of(runner, request);
    run_record.plan.execution = {};  // it copied nothing in denoise
    for (const double rate : rates) {
      run_record.copy_bytes_per_second = rate;
      EXPECT_TRUE(runner.forecaster->learn(run_record));
    }
    return seconds(runner.forecast(request, empty_device()), Stage::kDenoise);
  };
  const double once = streamed_seconds({kRate});
  EXPECT_GT(once, 0);
  EXPECT_NEAR(streamed_seconds({kRate / 2}) / once, 2, 0.01);
  EXPECT_NEAR(streamed_seconds({kRate, 1, kRate}) / once, 1, 0.01);  // one run may have been slow
}

// Outside of the budget the same processor decodes: that it is planned last must not show.
TEST(Seconds, DecodingOnTheHostOfACpuTakesWhatDecodingTakes) {
  const Runner runner(test::model_root("tiny"));
  const GenerationRequest request = small_request(runner);
  RunRecord run_record = run_record_of(runner, request);
  run_record.plan.execution = {"cpu-decode"};
  EXPECT_TRUE(runner.forecaster->learn(run_record));
  const double decode = seconds(runner.forecast(request, empty_device()), Stage::kDecode);
  EXPECT_GT(decode, 2);
  EXPECT_LE(decode, 4);
}

}  // namespace
}  // namespace headroom
