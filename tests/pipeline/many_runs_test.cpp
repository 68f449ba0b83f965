// The tenth use, and the two hundredth: nothing piles up.

#include "pipeline/run_support.h"

#include <algorithm>
#include <fstream>
#include <random>
#include <vector>

#include <unistd.h>

namespace headroom {
namespace {

using test::Runner;
using test::small_request;

std::int64_t resident_set_bytes() {
  std::ifstream file("/proc/self/statm");
  std::int64_t pages = 0;
  file >> pages >> pages;
  return pages * sysconf(_SC_PAGESIZE);
}

TEST(ManyRuns, TwoHundredOverRandomSizesLeaveLiveBytesAndTheProcessFlat) {
  constexpr int kRuns = 200;
  constexpr int kWarmUp = 50;  // caches of libraries and of the forecaster fill up
  constexpr std::int64_t kNoise = 12 << 20;
  const auto root = test::model_root("tiny");
  const Runner runner(root);
  const int unit = runner.options.model.info.size_unit;
  std::mt19937 random(200);
  const auto units = [&] { return unit * (1 + static_cast<int>(random() % 12)); };
  // Few enough that the warm-up sees them all: libraries keep code for each shape.
  std::vector<Size> sizes(12);
  for (Size& size : sizes) size = {units(), units()};
  std::int64_t live = 0;
  std::int64_t first_half = 0;
  std::int64_t second_half = 0;
  for (int run = 0; run < kRuns; ++run) {
    GenerationRequest request = small_request(runner);
    const Size of_run = sizes[static_cast<std::size_t>(run < 12 ? run : random() % 12)];
    request.width = of_run.width;
    request.height = of_run.height;
    request.steps = 1;
    request.count = 1 + static_cast<int>(random() % 2);
    if (random() % 2 == 0) request.guidance_scale = 0;
    ASSERT_EQ(runner.run(request).size(), static_cast<std::size_t>(request.count));
    const cpu_budget::Use use = cpu_budget::use();
    if (run == 0) live = use.total();
    ASSERT_EQ(use.total(), live) << run;  // the resident weights, nothing else
    ASSERT_EQ(use.reserved, 0) << run;
    const std::int64_t size = resident_set_bytes();
    if (run < kWarmUp) continue;
    std::int64_t& half = run < (kRuns + kWarmUp) / 2 ? first_half : second_half;
    half = std::max(half, size);
  }
  EXPECT_LT(second_half, first_half + kNoise);
  RecordProperty("resident_set_growth", std::to_string(second_half - first_half));
}

TEST(ManyRuns, AnotherSizePrecisionOrModelGivesBackWhatWasHeld) {
  const std::int64_t before = [] {
    const Runner warm_up(test::model_root("tiny"));
    static_cast<void>(warm_up.run(small_request(warm_up)));
    return cpu_budget::use().total();
  }();
  std::int64_t tiny = 0;
  {
    const Runner runner(test::model_root("tiny"));
    tiny = cpu_budget::use().total();
    GenerationRequest large = small_request(runner);
    large.width *= 16;
    static_cast<void>(runner.run(large));
    const std::int64_t after_large = cpu_budget::use().total();
    static_cast<void>(runner.run(small_request(runner)));
    EXPECT_EQ(cpu_budget::use().total(), after_large);  // weights: the size leaves nothing
  }
  EXPECT_EQ(cpu_budget::use().total(), tiny);
  for (const char* const dtype : {"bf16", "fp32"}) {
    const Runner runner(test::model_root("f32"), [&](PipelineOptions& options) {
      options.dtype = read_number_format(dtype);
    });
    static_cast<void>(runner.run(small_request(runner)));
    EXPECT_GT(cpu_budget::use().total(), tiny);
  }
  EXPECT_EQ(cpu_budget::use().total(), tiny);
  EXPECT_LE(tiny, before);
}

}  // namespace
}  // namespace headroom
