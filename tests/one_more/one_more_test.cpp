// One more stage, "polish", with a network of its own, and one that two stages use: lines in the
// tables (CMakeLists.txt puts them in), after which all that reads the tables works for them.
#include "headroom/core/plan.h"
#include "headroom/gui_state/progress_view.h"
#include "headroom/memory/offload_floor.h"
#include "headroom/memory/planner.h"
#include "headroom/pipeline/residency.h"
#include "headroom/records/run_record_json.h"

#include "support/exhaustive_search.h"

#include <numeric>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace headroom {
namespace {

// Bytes of each network, in the order of the table; a stage needs its own networks and 5 more.
constexpr std::array<std::int64_t, kNetworks.size()> kBytes{1000, 30, 4000, 200, 500, 60};
constexpr std::int64_t kActivations = 5;

class Costs final : public PlanCosts {
 public:
  Costs() {
    space.stages.add(Stage::kPolish);
    space.layers = 4;
    space.tile_sizes = {32};
  }
  PlanSpace space;
  HeldWeights weights(NetworkId network, const ExecutionOptions& execution) override {
    const NetworkEntry& entry = entry_of(network);
    if (entry.on_host(execution)) return {};
    std::int64_t bytes = kBytes[index_of(network)];
    if (network == NetworkId::kTransformer) bytes -= bytes / 4 * execution.stream_blocks;
    return {bytes, bytes, 0};
  }
  StageNeed need(Stage stage, const ExecutionOptions& execution) override {
    std::int64_t own = 0;
    for (const NetworkEntry& network : kNetworks) {
      if (network.stages.has(stage)) own += weights(network.network, execution).bytes;
    }
    return {own, kActivations, 0, own + kActivations};
  }
  double seconds(Stage, const ExecutionOptions& execution, bool) override {
    return 10 + execution.stream_blocks + (execution.evict_encoder ? 1 : 0) +
           (execution.evict_transformer ? 1 : 0) + (execution.tile_latent > 0 ? 1 : 0);
  }
};

TEST(OneMore, NetworksAreBesideOthersAsTheirLinesSay) {
  Costs costs;
  const auto bytes = [&](Stage stage, const ExecutionOptions& execution) {
    return compose(execution, costs.space, costs).stages[index_of(stage)].weights_bytes;
  };
  constexpr std::int64_t kControlled = 1000 + 4000 + 200 + 60;
  EXPECT_EQ(bytes(Stage::kEncode, {}), kControlled);
  EXPECT_EQ(bytes(Stage::kDenoise, {}), kControlled);
  EXPECT_EQ(bytes(Stage::kDecode, {}), kControlled);
  EXPECT_EQ(bytes(Stage::kPolish, {}), kControlled + 500);
  const ExecutionOptions evict{.evict_encoder = true, .evict_transformer = true};
  EXPECT_EQ(bytes(Stage::kEncode, evict), 1000);
  EXPECT_EQ(bytes(Stage::kDenoise, evict), 4000 + 60);
  EXPECT_EQ(bytes(Stage::kDecode, evict), 200);
  EXPECT_EQ(bytes(Stage::kPolish, evict), 500 + 60);
  EXPECT_EQ(compose({}, costs.space, costs).peak_bytes, kControlled + 500 + kActivations);
}

TEST(OneMore, PlansAreTheBestOfAllThereAre) {
  Costs costs;
  const std::vector<PlanCandidate> all = test::all_plans(costs.space, costs);
  for (std::int64_t budget = 0; budget < 6000; budget += 37) {
    test::expect_optimal(costs.space, costs, all, budget, fastest_plan(costs.space, costs, budget),
                         fastest_plan(costs.space, costs, budget, /*low_vram=*/true));
  }
  EXPECT_LT(smallest_plan(costs.space, costs).peak_bytes, 1100);
}

TEST(OneMore, ARunWithoutTheStageNeedsNothingForIt) {
  Costs costs;
  costs.space.stages.remove(Stage::kPolish);
  const PlanCandidate plan = compose({}, costs.space, costs);
  EXPECT_EQ(plan.stages[index_of(Stage::kPolish)].peak_bytes, 0);
  EXPECT_EQ(plan.peak_bytes, 1000 + 4000 + 200 + 60 + kActivations);
}

TEST(OneMore, NetworksCanBeNamedToLeave) {
  const PlanFloor floor = offload_floor({"control", "polisher"}, 4, 4, "test").floor;
  EXPECT_TRUE(floor.only_when_used.has(NetworkId::kControl));
  EXPECT_TRUE(floor.only_when_used.has(NetworkId::kPolisher));
  EXPECT_FALSE(floor.allows({}));
  EXPECT_TRUE(floor.allows({.evict_transformer = true}));
  Costs costs;
  costs.space.floor = floor;
  const auto plan = fastest_plan(costs.space, costs, 100'000);
  ASSERT_TRUE(plan);
  EXPECT_TRUE(plan->execution.evict_transformer);
}

// A pipeline's networks, which write down what happens to them.
class Networks {
 public:
  Networks() {
    std::vector<NetworkSlot> slots;
    for (const NetworkEntry& entry : kNetworks) {
      const std::size_t i = index_of(entry.network);
      slots.push_back({.network = entry.network,
                       .layers = 4,
                       .is_loaded = [this, i] { return there_[i]; },
                       .load = [this, i](const ExecutionOptions&) { there_[i] = true; },
                       .drop = [this, i] { there_[i] = false; }});
    }
    residency_ = std::make_unique<Residency>(std::move(slots));
  }
  // A run, stage by stage: in each those networks are there that the table says.
  void run(const ExecutionOptions& execution) {
    residency_->prepare(execution);
    for (const WorkStage& work : kWorkStages) {
      residency_->begin(work.stage);
      for (const NetworkEntry& entry : kNetworks) {
        EXPECT_EQ(there_[index_of(entry.network)], is_there(entry, work.stage, execution))
            << stage_name(work.stage) << ": " << entry.part;
      }
      residency_->end(work.stage);
    }
  }
  [[nodiscard]] bool has(NetworkId network) const { return there_[index_of(network)]; }
  [[nodiscard]] Residency& residency() { return *residency_; }

 private:
  std::array<bool, kNetworks.size()> there_{};
  std::unique_ptr<Residency> residency_;
};

TEST(OneMore, NetworksArriveAndLeaveAsPlanned) {
  for (const ExecutionOptions& execution :
       {ExecutionOptions{}, ExecutionOptions{.evict_encoder = true},
        ExecutionOptions{.evict_transformer = true},
        ExecutionOptions{.evict_encoder = true, .stream_blocks = 2, .evict_transformer = true}}) {
    Networks networks;
    networks.run(execution);
    EXPECT_FALSE(networks.has(NetworkId::kPolisher));
    EXPECT_EQ(networks.has(NetworkId::kControl), !execution.evict_transformer);
    networks.run(execution);  // the next picture
    networks.residency().clear();
    EXPECT_FALSE(networks.has(NetworkId::kControl));
  }
}

TEST(OneMore, AnotherPlanTakesAwayWhatItDoesNotKeep) {
  Networks networks;
  networks.residency().prepare({});
  networks.residency().begin(Stage::kPolish);
  EXPECT_TRUE(networks.has(NetworkId::kPolisher));
  networks.residency().adopt({.evict_transformer = true}, Stage::kPolish);
  EXPECT_TRUE(networks.has(NetworkId::kPolisher));
  EXPECT_TRUE(networks.has(NetworkId::kControl));
  EXPECT_FALSE(networks.has(NetworkId::kTransformer));
  networks.residency().adopt({.evict_transformer = true}, Stage::kDecode);
  EXPECT_FALSE(networks.has(NetworkId::kPolisher));
  EXPECT_FALSE(networks.has(NetworkId::kControl));
}

TEST(OneMore, TheStageHasItsNameItsRecordAndItsProgress) {
  EXPECT_EQ(stage_name(Stage::kPolish), "polish");
  EXPECT_EQ(say_stage(Stage::kPolish).english(), "polish");
  RunRecord record;
  record.stage_seconds[index_of(Stage::kPolish)] = 2.5;
  record.plan.stages = {{.stage = Stage::kDenoise, .seconds = 6},
                        {.stage = Stage::kPolish, .peak_bytes = 77, .seconds = 3}};
  const std::string line = run_record_line(record);
  const auto again = read_run_record_line(line);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->stage_seconds[index_of(Stage::kPolish)], 2.5);
  ASSERT_NE(find_stage(again->plan, Stage::kPolish), nullptr);
  EXPECT_EQ(find_stage(again->plan, Stage::kPolish)->peak_bytes, 77);

  const ProgressView view = progress_of({.steps = 3, .plan = record.plan});
  EXPECT_DOUBLE_EQ(view.share[index_of(Stage::kPolish)], 3.0 / 9);
  EXPECT_DOUBLE_EQ(*view.seconds_left, 9);
  EXPECT_GT(progress_of({}).share[index_of(Stage::kPolish)], 0);
}

// A line of a version that did not know the stage.
TEST(OneMore, OlderRecordsLackTheStageAndCanBeRead) {
  RunRecord record;
  record.stage_seconds[index_of(Stage::kSave)] = 1;
  std::string line = run_record_line(record);
  for (std::size_t at = 0; (at = line.find("\"polish\":", at)) != std::string::npos;) {
    line.erase(at, line.find(',', at) + 1 - at);
  }
  const auto again = read_run_record_line(line);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->stage_seconds[index_of(Stage::kPolish)], 0);
  EXPECT_EQ(again->stage_seconds[index_of(Stage::kSave)], 1);
}

}  // namespace
}  // namespace headroom
