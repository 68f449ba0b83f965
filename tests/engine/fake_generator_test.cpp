// The fake stands in for the networks in many tests, so it must keep the generator's promises.
#include "support/fake_generator.h"

#include "headroom/core/run_record.h"

#include <chrono>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace headroom::test {
namespace {

class Recorder final : public ProgressSink {
 public:
  void on_plan(const Plan& p) override {
    events.emplace_back("plan");
    plan = p;
  }
  void on_stage(Stage stage, int image_index) override {
    events.push_back(std::string(stage_name(stage)) + std::to_string(image_index));
  }
  void on_step(int step, int total) override {
    events.push_back("step" + std::to_string(step) + "/" + std::to_string(total));
    if (step == stop_at_step) stop.request_stop();
  }
  void on_preview(std::shared_ptr<const Image> preview) override { previews.push_back(preview); }
  void on_image(GeneratedImage image) override {
    events.emplace_back("image");
    images.push_back(std::move(image));
  }

  std::vector<std::string> events;
  Plan plan;
  std::vector<std::shared_ptr<const Image>> previews;
  std::vector<GeneratedImage> images;
  std::stop_source stop;
  int stop_at_step = -1;
};

GenerationRequest request(std::string prompt = "cat") {
  GenerationRequest r;
  r.prompt = std::move(prompt);
  r.width = 32;
  r.height = 16;
  r.steps = 2;
  return r;
}

Recorder run(const GenerationRequest& r) {
  Recorder recorder;
  FakeGenerator().generate(r, recorder, recorder.stop.get_token());
  return recorder;
}

TEST(FakeGenerator, ReportsInTheOrderOfARealRun) {
  GenerationRequest r = request();
  r.count = 2;
  const std::vector<std::string> expected{"plan",    "load0",   "encode0", "denoise0", "step1/2",
                                          "step2/2", "decode0", "image",   "denoise1", "step1/2",
                                          "step2/2", "decode1", "image"};
  const Recorder recorder = run(r);
  EXPECT_EQ(recorder.events, expected);
  EXPECT_EQ(recorder.previews.size(), 4U);
}

TEST(FakeGenerator, CountsSeedsUpwards) {
  GenerationRequest r = request();
  r.count = 3;
  r.seed = 7;
  const Recorder recorder = run(r);
  ASSERT_EQ(recorder.images.size(), 3U);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(recorder.images[static_cast<std::size_t>(i)].index, i);
    EXPECT_EQ(recorder.images[static_cast<std::size_t>(i)].seed, 7U + static_cast<unsigned>(i));
  }
}

TEST(FakeGenerator, PictureDependsOnSeedAndPromptOnly) {
  const auto pixels = [](const GenerationRequest& r) { return run(r).images.at(0).image->rgb; };
  GenerationRequest other_seed = request();
  other_seed.seed = 43;
  GenerationRequest more_steps = request();
  more_steps.steps = 5;
  EXPECT_EQ(pixels(request()).size(), 3U * 32 * 16);
  EXPECT_EQ(pixels(request()), pixels(request()));
  EXPECT_EQ(pixels(request()), pixels(more_steps));
  EXPECT_NE(pixels(request()), pixels(other_seed));
  EXPECT_NE(pixels(request()), pixels(request("dog")));
}

TEST(FakeGenerator, PlanAddsUp) {
  const Recorder recorder = run(request());
  ASSERT_EQ(recorder.plan.stages.size(),
            kStages.size() - 2);  // no picture to start from, none to enlarge
  std::int64_t peak = 0;
  for (const StagePlan& stage : recorder.plan.stages) {
    EXPECT_LE(stage.peak_bytes,
              stage.weights_bytes + stage.activation_bytes + stage.workspace_bytes);
    peak = std::max(peak, stage.peak_bytes);
  }
  EXPECT_EQ(recorder.plan.peak_bytes, peak);
  const RunRecord& run_record = recorder.images.at(0).run_record;
  EXPECT_GT(run_record.actual_peak_bytes, 0);
  EXPECT_LE(run_record.actual_peak_bytes, peak);
}

TEST(FakeGenerator, StopsAtTheNextStep) {
  Recorder recorder;
  recorder.stop_at_step = 1;
  EXPECT_THROW(FakeGenerator().generate(request(), recorder, recorder.stop.get_token()), Cancelled);
  EXPECT_EQ(recorder.events.back(), "step1/2");
}

TEST(FakeGenerator, StopsInTheMiddleOfALongStep) {
  Recorder recorder;
  recorder.stop.request_stop();
  FakeGenerator slow(std::chrono::hours(1));  // the test's time limit is the check
  EXPECT_THROW(slow.generate(request(), recorder, recorder.stop.get_token()), Cancelled);
}

TEST(FakeGenerator, FailsOnRequest) {
  Recorder recorder;
  try {
    FakeGenerator().generate(request("fail"), recorder, {});
    FAIL() << "no error";
  } catch (const Error& e) {
    EXPECT_EQ(e.kind(), ErrorKind::kOutOfMemory);
  }
  EXPECT_THROW(FakeGenerator().generate(request("crash"), recorder, {}), std::runtime_error);
  EXPECT_TRUE(recorder.images.empty());
}

}  // namespace
}  // namespace headroom::test
