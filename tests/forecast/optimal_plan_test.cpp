// The plan for every model, format, preset and card beside the best of all plans, by real replays.

#include "headroom/core/bytes.h"
#include "headroom/memory/budget.h"
#include "headroom/memory/plan_candidate.h"
#include "headroom/memory/planner.h"
#include "headroom/memory/time_model.h"
#include "headroom/pipeline/run_formats.h"

#include "pipeline/run_support.h"
#include "request_costs.h"
#include "support/exhaustive_search.h"
#include "support/paths.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

namespace headroom {
namespace {

ModelFolder model_named(const std::string& name) {
  if (name == "starter") return read_model_folder(test::starter_model());
  return read_model_folder(test::source_folder() / "configs" / "models" / name);
}

// The cards, and amounts that leave some plans out, also for a model that fits every card.
std::vector<std::int64_t> budgets(const std::vector<PlanCandidate>& all) {
  std::vector<std::int64_t> result;
  for (const std::int64_t card : {2, 3, 4, 6, 8, 12, 16, 24}) {
    MemorySnapshot snapshot;
    snapshot.total = snapshot.free = card * kGiB;
    result.push_back(compute_budget(snapshot, {}).budget_bytes);
  }
  std::vector<std::int64_t> peaks;
  for (const PlanCandidate& c : all) peaks.push_back(c.peak_bytes);
  std::sort(peaks.begin(), peaks.end());
  for (std::size_t i = 0; i < 4; ++i) result.push_back(peaks[i * i * (peaks.size() - 1) / 9]);
  result.push_back(peaks.front() - 1);
  return result;
}

using Row = std::tuple<std::string, std::string>;  // model, number format
class OptimalPlan : public testing::TestWithParam<Row> {};

TEST_P(OptimalPlan, IsTheBestOfAll) {
  const auto& [name, dtype] = GetParam();
  const Device card = pretended_device("cuda", 0, "a card");
  RequestCosts known(model_named(name), choose_formats(read_number_format(dtype), card),
                     {.card = true, .caching = {}});
  const TimeModel times;
  for (const bool guided : {false, true}) {
    for (const SizePreset& preset : kSizePresets) {
      const RunShape shape{.width = preset.size.width,
                           .height = preset.size.height,
                           .steps = 8,
                           .guided_steps = guided ? 8 : 0,
                           .prompt_tokens = 64,
                           .negative_tokens = guided ? 12 : 0};
      RequestCosts::ForShape costs(known, shape, times);
      const std::vector<PlanCandidate> all = test::all_plans(costs.space(), costs);
      for (const std::int64_t budget : budgets(all)) {
        SCOPED_TRACE(std::string(preset.name) + (guided ? " guided" : "") + " within " +
                     format_bytes(budget));
        test::expect_optimal(costs.space(), costs, all, budget,
                             fastest_plan(costs.space(), costs, budget),
                             fastest_plan(costs.space(), costs, budget, /*low_vram=*/true));
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Table, OptimalPlan,
                         testing::Combine(testing::Values("starter", "z-image", "z-image-turbo"),
                                          testing::Values("bf16", "int8", "q4")),
                         [](const auto& p) {
                           std::string text = std::get<0>(p.param) + "_" + std::get<1>(p.param);
                           std::replace(text.begin(), text.end(), '-', '_');
                           return text;
                         });

}  // namespace
}  // namespace headroom
