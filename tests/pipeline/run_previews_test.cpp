#include "run_previews.h"

#include "pipeline/run_support.h"
#include "support/temp_folder.h"

#include <cmath>
#include <filesystem>
#include <numeric>
#include <vector>

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
  const Runner starter(test::starter_root());
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
  std::filesystem::copy(test::starter_root(), root, std::filesystem::copy_options::recursive);
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
