// The table of sizes beside what a search of all plans finds for each size by itself, with replays
// of its own.

#include "headroom/core/bytes.h"
#include "headroom/forecast/make_forecaster.h"
#include "headroom/memory/allocator_conf.h"
#include "headroom/memory/budget.h"
#include "headroom/memory/plan_candidate.h"
#include "headroom/pipeline/run_formats.h"

#include "pipeline/run_support.h"
#include "request_costs.h"
#include "support/exhaustive_search.h"
#include "support/paths.h"

#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace headroom {
namespace {

constexpr int kStep = 192;
constexpr int kMax = 1152;

struct Searched {
  std::vector<PlanCandidate> all;
  double resident_seconds = 0;
};

using Row = std::tuple<std::string, std::string, bool>;  // model, number format, on a card
PipelineOptions options_of(const Row& row) {
  const auto& [name, dtype, card] = row;
  PipelineOptions options;
  options.make_forecaster = &make_forecaster;
  options.model =
      read_model_folder(name == "starter" ? test::starter_model()
                                          : test::source_folder() / "configs" / "models" / name);
  options.device = pretended_device(card ? "cuda" : "cpu", 0, "a device");
  options.dtype = read_number_format(dtype);
  options.threads = 2;
  options.budget.reserve_bytes = 0;
  return options;
}

class FrontierTable : public testing::TestWithParam<Row> {};

TEST_P(FrontierTable, EqualsTheSearchOfAllPlans) {
  const PipelineOptions options = options_of(GetParam());
  GenerationRequest request;
  request.guidance_scale = 2;
  const TimeModel times;
  const bool card = options.device.backend->has_own_memory();
  const auto settings = options.device.backend->caching_settings();

  std::map<std::pair<int, int>, Searched> searched;  // by height and width
  std::vector<std::int64_t> peaks;
  for (int height = kStep; height <= kMax; height += kStep) {
    for (int width = kStep; width <= kMax; width += kStep) {
      request.width = width;
      request.height = height;
      RequestCosts fresh(options.model, choose_formats(options.dtype, options.device),
                         {.card = card, .caching = parse_allocator_conf(settings.value_or(""))});
      RequestCosts::ForShape costs(fresh, test::usual_shape(request), times);
      Searched& of = searched[{height, width}];
      of.all = test::all_plans(costs.space(), costs);
      of.resident_seconds = compose(ExecutionOptions{}, costs.space(), costs).seconds;
      for (const PlanCandidate& plan : of.all) peaks.push_back(plan.peak_bytes);
    }
  }
  std::sort(peaks.begin(), peaks.end());

  const auto forecaster = make_forecaster(options);
  for (const std::size_t percent : {0, 2, 5, 10, 25, 50, 75, 99}) {
    MemorySnapshot memory;
    memory.total = memory.free = peaks[(peaks.size() - 1) * percent / 100];
    const std::int64_t budget = compute_budget(memory, options.budget).budget_bytes;
    const Frontier table =
        forecaster->frontier(test::usual_shape(request), memory, kStep, kMax, {});
    for (const FrontierCell& cell : table.cells) {
      SCOPED_TRACE(std::to_string(cell.width) + "x" + std::to_string(cell.height) + " within " +
                   format_bytes(budget));
      bool offered = true;  // and with it all that is smaller
      for (const auto& [size, of] : searched) {
        if (size.first <= cell.height && size.second <= cell.width)
          offered = offered && test::exhaustive_fastest(of.all, budget) != nullptr;
      }
      EXPECT_EQ(cell.state != FrontierCell::State::kNo, offered);
      const Searched& own = searched.at({cell.height, cell.width});
      const PlanCandidate* const best = test::exhaustive_fastest(own.all, budget);
      if (!offered || best == nullptr) {
        EXPECT_GT(cell.shortfall_bytes, 0);
        continue;
      }
      EXPECT_EQ(cell.peak_bytes, best->peak_bytes);
      EXPECT_EQ(cell.state == FrontierCell::State::kFits,
                best->seconds <= kSlowerThanResident * own.resident_seconds);
    }
  }
}

// What the preset cards show, which are forecasts, is what the table says of their sizes.
TEST_P(FrontierTable, SaysOfThePresetsWhatTheirForecastsSay) {
  const PipelineOptions options = options_of(GetParam());
  const auto forecaster = make_forecaster(options);
  GenerationRequest request;
  request.prompt = "a cat";
  request.guidance_scale = 2;
  request.width = request.height = 1024;
  MemorySnapshot memory;
  memory.total = memory.free = 1024 * kGiB;
  const std::int64_t most =
      forecaster->forecast(test::usual_shape(request), 1, memory).plan.peak_bytes;
  for (int part = 1; part <= 20; ++part) {
    memory.total = memory.free = most * part / 20;
    const Frontier table = forecaster->frontier(test::usual_shape(request), memory, 64, 1024, {});
    for (const SizePreset& preset : kSizePresets) {
      SCOPED_TRACE(std::string(preset.name) + " within " + format_bytes(memory.free));
      request.width = preset.size.width;
      request.height = preset.size.height;
      const Forecast forecast = forecaster->forecast(test::usual_shape(request), 1, memory);
      const FrontierCell& cell = *table.find(preset.size);
      EXPECT_EQ(cell.state != FrontierCell::State::kNo, forecast.fits);
      EXPECT_EQ(cell.peak_bytes, forecast.plan.peak_bytes);
      EXPECT_EQ(cell.shortfall_bytes, forecast.shortfall_bytes);
      if (forecast.fits) {
        EXPECT_EQ(cell.state == FrontierCell::State::kFitsSlower,
                  forecast.slowdown > kSlowerThanResident);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Models, FrontierTable,
                         testing::Values(Row{"starter", "fp32", false},
                                         Row{"starter", "bf16", true},
                                         Row{"z-image-turbo", "bf16", false},
                                         Row{"z-image-turbo", "q4", true}),
                         [](const auto& p) {
                           std::string text = std::get<0>(p.param) + "_" + std::get<1>(p.param) +
                                              (std::get<2>(p.param) ? "_card" : "_cpu");
                           std::replace(text.begin(), text.end(), '-', '_');
                           return text;
                         });

}  // namespace
}  // namespace headroom
