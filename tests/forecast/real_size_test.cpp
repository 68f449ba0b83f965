// The real models' sizes, from their configs alone: no weights are needed to say what fits.

#include "headroom/core/bytes.h"
#include "headroom/forecast/make_forecaster.h"
#include "headroom/pipeline/make_generator.h"

#include "request_costs.h"
#include "support/paths.h"

#include <filesystem>
#include <string>

#include <gtest/gtest.h>

namespace headroom {
namespace {

ModelFolder turbo() {
  return read_model_folder(test::source_folder() / "configs" / "models" / "z-image-turbo");
}

RunFormats bf16() { return {at::kBFloat16, at::kFloat, "bf16"}; }

RunShape square(int side) {
  return {.width = side, .height = side, .steps = 8, .prompt_tokens = 64};
}

// Parameter counts as the vendor's files have them. Rounding to 64 bytes a tensor adds little.
TEST(RealSize, NetworksHaveTheVendorsParameterCounts) {
  const RequestCosts costs(turbo(), bf16(), {});
  const NetworkSizes& sizes = costs.sizes();
  const auto near_bytes = [](std::int64_t actual, std::int64_t parameters, std::int64_t bytes) {
    EXPECT_GE(actual, parameters * bytes);
    EXPECT_LE(actual, parameters * bytes + 521 * 64);
  };
  near_bytes(sizes[NetworkId::kTransformer].bytes, 6'154'908'736, 2);
  near_bytes(sizes[NetworkId::kTransformer].layers.front(), 180'910'336, 2);
  near_bytes(sizes[NetworkId::kTextEncoder].bytes, 3'532'578'560, 2);
  near_bytes(sizes[NetworkId::kDecoder].bytes, 49'545'475, 4);
}

class Card : public testing::TestWithParam<int> {};  // GiB

TEST_P(Card, TurboIsPlannedWithinItsMemoryAndMonotonically) {
  PipelineOptions options;
  options.make_forecaster = &make_forecaster;
  options.model = turbo();
  options.device = pretended_device("cuda", 0, "a card");
  const auto forecaster = make_forecaster(options);
  MemorySnapshot card;
  card.total = card.free = GetParam() * kGiB;
  bool larger_fitted = true;
  for (const int side : {512, 768, 1024}) {
    const Forecast forecast = forecaster->forecast(square(side), 1, card);
    EXPECT_LE(!forecast.fits ? 0 : forecast.plan.peak_bytes, forecast.budget.budget_bytes);
    EXPECT_FALSE(forecast.fits && !larger_fitted) << side;
    larger_fitted = forecast.fits;
    if (!forecast.fits) {
      EXPECT_GT(forecast.shortfall_bytes, 0);
    }
    RecordProperty("plan_" + std::to_string(side),
                   (forecast.fits ? "" : "no: ") + option_names(forecast.execution).front() + " " +
                       format_bytes(forecast.plan.peak_bytes));
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, Card, testing::Values(2, 3, 4, 6, 8, 12, 16, 24),
                         testing::PrintToStringParamName());

// A 24 GB card holds text encoder, transformer and decoder (7.1 + 12.3 + 0.2 GB) at once.
TEST(RealSize, ALargeCardKeepsEverythingResident) {
  PipelineOptions options;
  options.make_forecaster = &make_forecaster;
  options.model = turbo();
  options.device = pretended_device("cuda", 0, "a card");
  MemorySnapshot card;
  card.total = card.free = 24 * kGiB;
  const Forecast forecast = make_forecaster(options)->forecast(square(1024), 1, card);
  EXPECT_TRUE(forecast.fits);
  EXPECT_EQ(option_names(forecast.execution), std::vector<std::string>{"resident"});
}

}  // namespace
}  // namespace headroom
