#include "headroom/core/bytes.h"
#include "headroom/core/run_record.h"

#include "pipeline/run_support.h"

#include <algorithm>
#include <memory>
#include <string>

#include <gmock/gmock.h>

namespace headroom {
namespace {

using test::RecordingSink;
using test::Runner;

struct Prediction {
  std::int64_t predicted = 0;
  std::int64_t actual = 0;
  // > 0: more was predicted than was taken.
  [[nodiscard]] double error() const {
    return static_cast<double>(predicted - actual) / static_cast<double>(actual);
  }
};

GenerationRequest preset_request(Size size, bool guided) {
  GenerationRequest request;
  request.prompt = "a red fox sleeping under a birch tree";
  request.width = size.width;
  request.height = size.height;
  request.steps = guided ? 2 : 1;  // from the second on nothing new happens
  request.guidance_scale = guided ? 2.0 : 0.0;
  request.seed = 1;
  return request;
}

class PredictionOf : public ::testing::TestWithParam<std::string> {
 protected:
  [[nodiscard]] static std::filesystem::path root() {
    return GetParam() == "starter" ? test::starter_model() : test::model_root(GetParam());
  }
};
INSTANTIATE_TEST_SUITE_P(Models, PredictionOf, ::testing::Values("tiny", "f32", "starter"),
                         [](const auto& p) { return p.param; });

// The promise of the program: what a preset needs is known before it runs.
TEST_P(PredictionOf, EveryPresetsPeakIsRight) {
  const Runner runner(root());
  double most = -1;
  double least = 1;
  for (const SizePreset& preset : kSizePresets) {
    if (preset.size.width % runner.options.model.info.size_unit != 0 ||
        preset.size.height % runner.options.model.info.size_unit != 0) {
      continue;
    }
    for (const bool guided : {false, true}) {
      const GenerationRequest request = preset_request(preset.size, guided);
      const auto images = runner.run(request);
      const RunRecord& run_record = images.at(0).run_record;
      const Prediction whole{run_record.plan.peak_bytes, run_record.actual_peak_bytes};
      const std::string what = std::string(preset.name) + (guided ? " guided" : "");
      EXPECT_LE(whole.error(), 0.001) << what << ": " << whole.predicted << " for " << whole.actual;
      EXPECT_GE(whole.error(), -0.001)
          << what << ": " << whole.predicted << " for " << whole.actual;
      most = std::max(most, whole.error());
      least = std::min(least, whole.error());
      // Stage by stage it may be a little coarser; loading is compared in the first run only.
      for (const StagePlan& stage : run_record.plan.stages) {
        if (stage.stage != Stage::kEncode && stage.stage != Stage::kDenoise &&
            stage.stage != Stage::kDecode)
          continue;
        const Prediction part{stage.peak_bytes,
                              run_record.stage_peak_bytes[static_cast<std::size_t>(stage.stage)]};
        EXPECT_LE(part.error(), 0.001) << what << " " << stage_name(stage.stage) << ": "
                                       << part.predicted << " for " << part.actual;
        EXPECT_GE(part.error(), -0.001) << what << " " << stage_name(stage.stage) << ": "
                                        << part.predicted << " for " << part.actual;
      }
    }
  }
  RecordProperty("largest_over_prediction", std::to_string(most));
  RecordProperty("largest_under_prediction", std::to_string(-least));
}

// Libraries take scratch for each thread, which counts apart.
TEST_P(PredictionOf, ThePeakIsTheSameForAnyNumberOfThreads) {
  std::vector<std::int64_t> peaks;
  for (const int threads : {1, 2, 5}) {
    const Runner runner(root(), [&](PipelineOptions& options) { options.threads = threads; });
    const RunRecord run_record = runner.run(preset_request({256, 256}, true)).at(0).run_record;
    const Prediction whole{run_record.plan.peak_bytes, run_record.actual_peak_bytes};
    EXPECT_LE(std::abs(whole.error()), 0.001) << whole.predicted << " for " << whole.actual;
    peaks.push_back(run_record.actual_peak_bytes);
  }
  EXPECT_THAT(peaks, ::testing::Each(peaks.front()));
}

TEST_P(PredictionOf, WeightsAreKnownToTheByte) {
  const Runner runner(root());
  const std::int64_t before = cpu_budget::use().weights;
  const Forecast forecast = runner.forecast(preset_request({512, 512}, false));
  static_cast<void>(runner.run(test::small_request(runner)));
  for (const StagePlan& stage : forecast.plan.stages) {
    if (stage.stage == Stage::kSave) continue;
    // While loading there is a second copy of a convolution's weights for a moment.
    const std::int64_t extra = stage.stage == Stage::kLoad ? stage.weights_bytes / 100 : 0;
    EXPECT_GE(stage.weights_bytes, cpu_budget::use().weights - before) << stage_name(stage.stage);
    EXPECT_LE(stage.weights_bytes - extra, cpu_budget::use().weights - before)
        << stage_name(stage.stage);
  }
}

TEST_P(PredictionOf, APlanAddsUp) {
  const Runner runner(root());
  const Plan plan = runner.forecast(preset_request({768, 768}, true)).plan;
  std::vector<Stage> stages;
  std::int64_t largest = 0;
  for (const StagePlan& stage : plan.stages) {
    stages.push_back(stage.stage);
    EXPECT_LE(stage.peak_bytes,
              stage.weights_bytes + stage.activation_bytes + stage.workspace_bytes);
    largest = std::max(largest, stage.peak_bytes);
  }
  EXPECT_THAT(stages, ::testing::ElementsAre(Stage::kLoad, Stage::kEncode, Stage::kDenoise,
                                             Stage::kDecode, Stage::kSave));
  EXPECT_EQ(plan.peak_bytes, largest);
  EXPECT_EQ(plan.width, 768);
  EXPECT_EQ(plan.height, 768);
}

TEST_P(PredictionOf, LargerPicturesNeedMore) {
  const Runner runner(root());
  const int unit = runner.options.model.info.size_unit;
  std::int64_t before = 0;
  for (int side = unit; side <= 2048; side += side < 1024 ? unit * 2 : 512) {
    const std::int64_t peak =
        runner.forecast(preset_request({side / unit * unit, side / unit * unit}, true))
            .plan.peak_bytes;
    EXPECT_GE(peak, before) << side;
    before = peak;
  }
}

// Refused before any stage starts; what is offered instead works under the same limit, which the
// allocator watches over.
TEST_P(PredictionOf, ARefusalOffersASizeThatThenWorks) {
  const std::int64_t need = test::least_need(root(), preset_request({1024, 1024}, true));
  const std::int64_t cap = need - 1;
  const Runner runner(root(),
                      [&](PipelineOptions& options) { options.budget.vram_cap_bytes = cap; });
  GenerationRequest request = preset_request({1024, 1024}, true);

  RecordingSink sink;
  cpu_budget::reset_peak();
  const std::int64_t before = cpu_budget::use().total();
  try {
    runner.generator->generate(request, sink, {});
    FAIL() << "ran beyond the limit";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kOutOfMemory);
    EXPECT_THAT(error.what(), ::testing::HasSubstr("1024×1024 needs " + format_bytes(need)));
    EXPECT_THAT(error.what(), ::testing::HasSubstr("768×768 fits"));
  }
  EXPECT_TRUE(sink.plans.empty());
  EXPECT_TRUE(sink.stages.empty());
  EXPECT_LT(cpu_budget::use().peak - before, 64 * kKiB);  // scalars of the replay

  const Forecast forecast = runner.forecast(request);
  EXPECT_FALSE(forecast.fits);
  EXPECT_EQ(forecast.shortfall_bytes, need - cap);
  ASSERT_EQ(forecast.suggestion, (Size{768, 768}));
  request.width = forecast.suggestion->width;
  request.height = forecast.suggestion->height;
  cpu_budget::reset_peak();
  EXPECT_EQ(runner.run(request).size(), 1U);
  EXPECT_EQ(cpu_budget::limit(), cap);
  EXPECT_LE(cpu_budget::use().peak, cap);
}

TEST(Prediction, WhatFitsExactlyRunsWithinItsLimit) {
  const Runner free(test::model_root("tiny"));
  const GenerationRequest request = preset_request({512, 512}, true);
  const std::int64_t need = free.forecast(request).plan.peak_bytes;
  // A prediction may be half a percent too low.
  const Runner runner(test::model_root("tiny"), [&](PipelineOptions& options) {
    options.budget.vram_cap_bytes = need * 1005 / 1000;
  });
  const std::int64_t held = cpu_budget::use().total();
  EXPECT_EQ(held, 0);
  EXPECT_TRUE(runner.forecast(request).fits);
  EXPECT_EQ(runner.run(request).size(), 1U);
}

TEST(Prediction, NothingFitsWhenThereIsNothing) {
  const Runner runner(test::model_root("tiny"),
                      [](PipelineOptions& options) { options.budget.vram_cap_bytes = 1000; });
  const Forecast forecast = runner.forecast(preset_request({1024, 1024}, false));
  EXPECT_FALSE(forecast.fits);
  EXPECT_FALSE(forecast.suggestion.has_value());
  EXPECT_THAT(forecast.reason.english(), ::testing::HasSubstr("no size fits"));
  EXPECT_GT(forecast.shortfall_bytes, 0);
}

TEST(Prediction, APretendedCardIsTheBudget) {
  const Runner free(test::model_root("tiny"));
  const std::int64_t need = free.forecast(preset_request({512, 512}, false)).plan.peak_bytes;
  const auto with = [&](std::int64_t total) {
    const Runner runner(test::model_root("tiny"), [&](PipelineOptions& options) {
      options.pretend_vram_bytes = total;
      options.budget.reserve_bytes = 0;
    });
    return runner.forecast(preset_request({512, 512}, false));
  };
  EXPECT_EQ(with(need).plan.execution, std::vector<std::string>{"resident"});
  const Forecast just_short = with(need - 1);
  EXPECT_TRUE(just_short.fits);
  EXPECT_NE(just_short.plan.execution, std::vector<std::string>{"resident"});
  const std::int64_t least =
      test::least_need(test::model_root("tiny"), preset_request({512, 512}, false));
  EXPECT_TRUE(with(least).fits);
  EXPECT_FALSE(with(least - 1).fits);
}

TEST(Prediction, LongerPromptsAndGuidanceAreTakenIntoAccount) {
  const Runner runner(test::model_root("tiny"));
  GenerationRequest request = preset_request({64, 64}, false);
  const std::int64_t shorter = runner.forecast(request).plan.stages[1].peak_bytes;
  for (int i = 0; i < 6; ++i) request.prompt += " " + request.prompt;
  EXPECT_GT(runner.forecast(request).plan.stages[1].peak_bytes, shorter);
  request.prompt.clear();  // not typed yet: a forecast is drawn all the same
  EXPECT_GT(runner.forecast(request).plan.peak_bytes, 0);
}

// Forecasts are made beside a run, whose peak they must not raise.
TEST(Prediction, TakesNothingOfTheBudget) {
  for (const std::string dtype : {"fp32", "bf16", "fp16"}) {
    const std::int64_t before = cpu_budget::use().allocations;
    const Runner runner(test::starter_model(), [&](PipelineOptions& options) {
      options.dtype = read_number_format(dtype);
    });
    GenerationRequest request = preset_request({512, 512}, true);
    MemorySnapshot card;
    for (const std::int64_t megabytes : {500, 90, 40, 25, 5}) {
      card.total = card.free = megabytes * kMiB;
      static_cast<void>(runner.forecast(request, card));
      static_cast<void>(runner.forecaster->frontier(runner.shape(request), card, 256, 1024, {}));
    }
    EXPECT_EQ(cpu_budget::use().allocations, before) << dtype;
  }
}

TEST(Prediction, DoesNotDependOnWhatWasAskedBefore) {
  GenerationRequest request = preset_request({512, 512}, true);
  const Runner asked(test::starter_model());
  for (const Size size : {Size{512, 512}, Size{64, 576}, Size{192, 192}, Size{576, 64}}) {
    request.width = size.width;
    request.height = size.height;
    for (const int words : {3, 100, 40}) {
      request.prompt.clear();
      for (int i = 0; i < words; ++i) request.prompt += "fox ";
      const Runner fresh(test::starter_model());
      const Plan expected = fresh.forecast(request).plan;
      const Plan plan = asked.forecast(request).plan;
      ASSERT_EQ(plan.stages.size(), expected.stages.size());
      for (std::size_t i = 0; i < plan.stages.size(); ++i) {
        EXPECT_EQ(plan.stages[i].peak_bytes, expected.stages[i].peak_bytes)
            << words << " words, " << to_string(size) << ", stage " << i;
      }
    }
  }
}

// Guidance may end before the steps do.
TEST(Prediction, KnowsWhetherTheStepsAreGuided) {
  const auto runner = [] {
    return std::make_unique<Runner>(test::starter_model(), [](PipelineOptions& options) {
      options.floor.stream_blocks = options.model.transformer.n_layers;
    });
  };
  MemorySnapshot roomy;
  roomy.total = roomy.free = kGiB;
  const auto asked = runner();
  std::vector<std::int64_t> peaks;
  for (const int guided : {4, 1, 0}) {
    const RunShape shape{512, 512, 4, guided, 20, 20};
    const auto peak = [&](const Runner& of) {
      return of.forecaster->forecast(shape, 1, roomy).plan.stages[2].peak_bytes;
    };
    peaks.push_back(peak(*asked));
    EXPECT_EQ(peaks.back(), peak(*runner())) << guided << " guided steps";
  }
  EXPECT_LT(peaks[2], peaks[1]) << "one branch only";
  EXPECT_LE(peaks[1], peaks[0]);
}

TEST(Prediction, LearnsHowLongAStageTakes) {
  const Runner runner(test::model_root("f32"));
  const GenerationRequest request = test::small_request(runner);
  EXPECT_EQ(runner.forecast(request).plan.seconds, 0);
  EXPECT_TRUE(runner.forecaster->learn(runner.run(request).at(0).run_record));
  const Plan plan = runner.forecast(request).plan;
  EXPECT_GT(plan.seconds, 0);
  GenerationRequest more = request;
  more.steps *= 10;
  more.count = 2;
  const Plan longer = runner.forecast(more).plan;
  EXPECT_DOUBLE_EQ(longer.stages[2].seconds, 10 * plan.stages[2].seconds);
  double expected = 0;  // loading and the prompt once, the rest for each picture
  for (const StagePlan& stage : longer.stages) {
    expected += stage.stage >= Stage::kDenoise ? 2 * stage.seconds : stage.seconds;
  }
  EXPECT_DOUBLE_EQ(longer.seconds, expected);
}

}  // namespace
}  // namespace headroom
