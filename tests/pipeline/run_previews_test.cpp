#include "run_previews.h"

#include "pipeline/run_support.h"
#include "support/made_tiny_decoder.h"
#include "support/temp_folder.h"

#include <cmath>
#include <filesystem>
#include <numeric>
#include <vector>

#include <ATen/ops/zeros.h>
#include <c10/core/InferenceMode.h>
#include <gtest/gtest.h>

namespace headroom {
namespace {

using test::RecordingSink;
using test::Runner;
using test::small_request;

void want_previews(PipelineOptions& options) { options.previews = true; }

RecordingSink made(const Runner& runner, const GenerationRequest& request) {
  RecordingSink sink;
  runner.generator->generate(request, sink, {});
  return sink;
}

TEST(RunPreviews, AreShownAfterEachStepOfAModelThatBringsNoMap) {
  const Runner runner(test::model_root("f32"), want_previews);
  GenerationRequest request = small_request(runner);
  request.count = 2;
  for (int run = 0; run < 2; ++run) {
    const RecordingSink sink = made(runner, request);
    ASSERT_EQ(sink.previews.size(), 4U) << run;
    for (const auto& preview : sink.previews) {
      EXPECT_EQ(preview->width, request.width / runner.options.model.vae.scale());
      EXPECT_EQ(preview->height, request.height / runner.options.model.vae.scale());
    }
  }
}

TEST(RunPreviews, AreNotMadeUnlessTheyAreWanted) {
  const Runner runner(test::model_root("f32"));
  EXPECT_TRUE(made(runner, small_request(runner)).previews.empty());
  const Runner starter(test::starter_model());
  EXPECT_TRUE(made(starter, small_request(starter)).previews.empty());
}

TEST(RunPreviews, ChangeNeitherThePictureNorWhatItTakes) {
  for (const bool low_vram : {false, true}) {
    const auto run = [&](bool previews) {
      const Runner runner(test::model_root("f32"), [&](PipelineOptions& options) {
        options.previews = previews;
        options.low_vram = low_vram;
      });
      GeneratedImage image = made(runner, small_request(runner)).images.at(0);
      EXPECT_EQ(cpu_budget::use().over_limit, 0);
      return image;
    };
    const GeneratedImage with = run(true), without = run(false);
    EXPECT_EQ(with.image->rgb, without.image->rgb);
    EXPECT_EQ(with.run_record.stage_peak_bytes, without.run_record.stage_peak_bytes);
    EXPECT_EQ(with.run_record.actual_peak_bytes, without.run_record.actual_peak_bytes);
    EXPECT_EQ(with.run_record.driver_allocations, 0);
    EXPECT_TRUE(with.run_record.changes.empty());
  }
}

// The mean colours of `picture` in squares, as many as `small` has pixels.
std::vector<double> made_small(const Image& picture, const Image& small) {
  const int scale = picture.width / small.width;
  std::vector<double> means(small.rgb.size());
  for (int y = 0; y < picture.height; ++y) {
    for (int x = 0; x < 3 * picture.width; ++x) {
      const int to = (y / scale) * small.width + x / 3 / scale;
      means[static_cast<std::size_t>(3 * to + x % 3)] +=
          picture.rgb[static_cast<std::size_t>(3 * y * picture.width + x)];
    }
  }
  for (double& mean : means) mean /= scale * scale;
  return means;
}

// Of the variance of what a picture's small copy shows, the share that a preview has (R squared).
double explained(const Image& preview, const Image& picture) {
  const std::vector<double> wanted = made_small(picture, preview);
  const double mean =
      std::accumulate(wanted.begin(), wanted.end(), 0.0) / static_cast<double>(wanted.size());
  double off = 0, all = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    off += std::pow(preview.rgb[i] - wanted[i], 2);
    all += std::pow(wanted[i] - mean, 2);
  }
  return 1 - off / all;
}

TEST(RunPreviews, LookLikeThePictureWhoseDecoderTheyWereFittedTo) {
  const test::TempFolder folder;
  const auto root = folder / "starter";
  std::filesystem::copy(test::starter_model(), root, std::filesystem::copy_options::recursive);
  std::filesystem::remove(root / "preview.json");
  const Runner runner(root, want_previews);
  GenerationRequest request;
  request.width = request.height = 512;
  request.steps = 4;
  request.seed = 3;
  for (const char* const prompt : {"a red apple on a table", "a blue house by the sea"}) {
    request.prompt = prompt;
    const RecordingSink sink = made(runner, request);
    ASSERT_EQ(sink.previews.size(), 4U);
    EXPECT_GT(explained(*sink.previews.back(), *sink.images.at(0).image), 0.9) << prompt;
  }
}

// A model of FLUX.1's latents with TAEF1, whose weights are made up.
class DecodedPreviews : public testing::Test {
 protected:
  DecodedPreviews() { test::write_tiny_decoder(file_); }
  [[nodiscard]] std::unique_ptr<Runner> runner(bool with_decoder) const {
    return std::make_unique<Runner>(test::model_root("tiny"),
                                    [&, with_decoder](PipelineOptions& options) {
                                      options.previews = true;
                                      if (with_decoder) options.preview_decoder = file_;
                                    });
  }
  static GenerationRequest large_request() {
    GenerationRequest request;
    request.prompt = "a red fox";
    request.width = 1024;
    request.height = 768;
    request.steps = 2;
    request.seed = 7;
    return request;
  }
  test::TempFolder folder_;
  std::filesystem::path file_ = folder_ / "taef1.safetensors";
};

TEST_F(DecodedPreviews, AreLargeWhereTheStepsLeaveRoomAndEndWhenTheyAreSlow) {
  cpu_budget::install();
  const c10::InferenceMode inference;
  const ModelFolder model = open_model({test::model_root("tiny").string(), {}, {}, {}, {}});
  RunPreviews previews(true, model, file_);
  RecordingSink sink;
  RunHooks hooks;
  std::int64_t room = 0;
  previews.show(hooks, sink, [&] { return room; });
  const at::Tensor latents = at::zeros({16, 96, 128});
  hooks.on_clean(latents);
  EXPECT_TRUE(sink.previews.empty()) << "there is no map either before the fit";
  room = std::int64_t{1} << 30;
  RunHooks again;
  previews.show(again, sink, [&] { return room; });
  for (int step = 0; step < 3; ++step) again.on_clean(latents);
  ASSERT_EQ(sink.previews.size(), 2U) << "these steps take no time, so the third has none";
  EXPECT_EQ(sink.previews[0]->width, 512) << "means of two by two latents, eight pixels each";
  EXPECT_EQ(sink.previews[0]->height, 384);
}

TEST_F(DecodedPreviews, ChangeNeitherPictureNorPlanNorPeak) {
  const RecordingSink with = made(*runner(true), large_request());
  const RecordingSink without = made(*runner(false), large_request());
  EXPECT_EQ(with.previews.size(), without.previews.size());
  EXPECT_EQ(with.images.at(0).image->rgb, without.images.at(0).image->rgb);
  const RunRecord& record = with.images[0].run_record;
  EXPECT_EQ(record.plan.peak_bytes, without.images[0].run_record.plan.peak_bytes);
  EXPECT_EQ(record.stage_peak_bytes, without.images[0].run_record.stage_peak_bytes);
}

TEST_F(DecodedPreviews, GiveWayToTheMapWhereTheStepsLeaveNoRoom) {
  GenerationRequest request = large_request();
  request.width = request.height = 64;
  const RecordingSink sink = made(*runner(true), request);
  ASSERT_EQ(sink.previews.size(), 2U);
  EXPECT_EQ(sink.previews[0]->width, 8);
}

TEST_F(DecodedPreviews, TakeWhatTheyAreSaidToTake) {
  cpu_budget::install();
  const PreviewDecoder decoder(file_);
  const std::int64_t room = decoder.need(32, 32, false);
  EXPECT_GT(room, 4 * 1229443) << "the weights are in it";
  const at::Tensor latents = at::zeros({16, 32, 32});
  EXPECT_EQ(decoder.draw(latents, room - 1, {}), nullptr);
  const std::int64_t before = cpu_budget::use().total();
  cpu_budget::reset_peak();
  ASSERT_NE(decoder.draw(latents, room, {}), nullptr);
  EXPECT_EQ(cpu_budget::use().total(), before) << "it holds nothing afterwards";
  const std::int64_t there_already = latents.numel() * 4;
  EXPECT_EQ(cpu_budget::use().peak - before, room - there_already) << "to the byte";
}

// Wherever memory fails in the run, it has its picture.
TEST_F(DecodedPreviews, ThatFindNoMemoryEndNoRun) {
  for (std::int64_t n = 1; n < 2000; n += 397) {
    const auto again = runner(true);
    cpu_budget::fail_allocation(n);
    const RecordingSink sink = made(*again, large_request());
    cpu_budget::fail_allocation(0);
    ASSERT_EQ(sink.images.size(), 1U) << n;
  }
}

TEST(RunPreviews, AreLeftOutWhereMemoryDoesNotReach) {
  const Runner runner(test::model_root("f32"), want_previews);
  const GenerationRequest request = small_request(runner);
  int without = 0;
  // Every so many allocations of the first run fail: its fit of the map among them.
  for (std::int64_t n = 1; n < 60; n += 6) {
    const Runner again(test::model_root("f32"), want_previews);
    cpu_budget::fail_allocation(n);
    const RecordingSink sink = made(again, request);
    cpu_budget::fail_allocation(0);
    ASSERT_EQ(sink.images.size(), 1U) << n;
    if (sink.previews.empty()) ++without;
  }
  EXPECT_GT(without, 0);
}

}  // namespace
}  // namespace headroom
