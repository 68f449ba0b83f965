#include "headroom/memory/planner.h"

#include "headroom/core/bytes.h"
#include "headroom/core/size.h"

#include <algorithm>
#include <limits>
#include <random>
#include <set>
#include <string>
#include <tuple>

#include <gtest/gtest.h>

namespace headroom {
namespace {

std::size_t at(Stage stage) { return static_cast<std::size_t>(stage); }

// Counts what it is asked.
class CountingCosts : public LadderCosts {
 public:
  StageNeed encode(const Rungs& rungs) final { return ++asked_needs, encode_need(rungs); }
  StageNeed denoise(const Rungs& rungs) final { return ++asked_needs, denoise_need(rungs); }
  StageNeed decode(const Rungs& rungs) final { return ++asked_needs, decode_need(rungs); }
  std::array<double, kStageCount> seconds(const Rungs& rungs) final {
    return ++asked_seconds, stage_seconds(rungs);
  }
  int asked_needs = 0;    // each may cost a replay
  int asked_seconds = 0;  // each is arithmetic

 protected:
  [[nodiscard]] virtual StageNeed encode_need(const Rungs& rungs) const = 0;
  [[nodiscard]] virtual StageNeed denoise_need(const Rungs& rungs) const = 0;
  [[nodiscard]] virtual StageNeed decode_need(const Rungs& rungs) const = 0;
  [[nodiscard]] virtual std::array<double, kStageCount> stage_seconds(const Rungs& rungs) const = 0;
};

// Tables of small random numbers, so that ties and plateaus are frequent, within what LadderCosts
// promises: from one streamed block on, needs do not grow and seconds are convex.
class RandomCosts final : public CountingCosts {
 public:
  RandomCosts(unsigned seed, int layer_count) : random_(seed) {
    layers = layer_count;
    guided = draw(0, 1) == 1;
    can_decode_on_cpu = draw(0, 3) > 0;
    for (int i = draw(0, 3); i > 0; --i) chunk_sizes.push_back(64 << i);
    for (int i = draw(0, 3); i > 0; --i) tile_sizes.push_back(16 * i);
    for (StageNeed& need : encode_) need = some_need(40, 20);
    encode_[1].weights_bytes /= 4;
    for (auto& by_guidance : denoise_) {
      for (auto& needs : by_guidance) needs = denoise_needs();
    }
    for (StageNeed& need : decode_) need = some_need(10, 60);
    decode_[kCpu] = {};
    fill_seconds();
  }

 private:
  static constexpr std::size_t kCpu = 4;

  int draw(int low, int high) { return std::uniform_int_distribution(low, high)(random_); }

  StageNeed some_need(int most_weights, int most_activations) {
    StageNeed need;
    need.weights_bytes = draw(0, most_weights);
    need.activation_bytes = draw(0, most_activations);
    need.workspace_bytes = draw(0, 5);
    need.peak_bytes = need.weights_bytes + need.activation_bytes + draw(0, 5);
    return need;
  }

  std::vector<StageNeed> denoise_needs() {
    std::vector<StageNeed> needs{some_need(80, 30)};
    StageNeed need = draw(0, 1) == 0 ? needs[0] : some_need(80, 30);
    need.peak_bytes += draw(0, 6);  // buffers may cost more than the first block saves
    for (int k = 1; k <= layers; ++k) {
      needs.push_back(need);
      need.weights_bytes -= std::min<std::int64_t>(draw(0, 4), need.weights_bytes);
      need.peak_bytes -=
          std::min<std::int64_t>(draw(0, 2) * draw(0, 4), need.peak_bytes - need.weights_bytes);
      need.peak_bytes = std::max(need.peak_bytes, need.weights_bytes);
    }
    return needs;
  }

  void fill_seconds() {
    const int bend = draw(0, 2);  // 0: a straight line
    for (auto& seconds : load_) seconds = draw(5 * layers, 5 * layers + 20);
    for (auto& slope : load_slope_) slope = draw(0, 2) * draw(0, 1);
    for (auto& seconds : encode_seconds_) seconds = draw(0, 6);
    for (auto& table : denoise_seconds_) {
      table.push_back(draw(90, 130));
      int now = draw(90, 130);
      int rise = draw(-2, 1);
      for (int k = 1; k <= layers; ++k) {
        table.push_back(now);
        now += rise;
        rise += draw(0, 1) * draw(0, bend);
      }
    }
    for (auto& by_way : decode_seconds_) {
      for (double& seconds : by_way) seconds = draw(0, 10);
    }
  }

  [[nodiscard]] std::size_t chunk_of(const Rungs& r) const {
    const auto found = std::find(chunk_sizes.begin(), chunk_sizes.end(), r.chunk_tokens);
    return r.chunk_tokens == 0 ? 0 : static_cast<std::size_t>(found - chunk_sizes.begin()) + 1;
  }
  [[nodiscard]] std::size_t way_of(const Rungs& r) const {
    if (r.cpu_decode) return kCpu;
    const auto found = std::find(tile_sizes.begin(), tile_sizes.end(), r.tile_latent);
    return r.tile_latent == 0 ? 0 : static_cast<std::size_t>(found - tile_sizes.begin()) + 1;
  }
  [[nodiscard]] static std::size_t evictions_of(const Rungs& r) {
    return (r.evict_encoder ? 1u : 0u) + (r.evict_transformer ? 2u : 0u);
  }

  [[nodiscard]] StageNeed encode_need(const Rungs& r) const override {
    return encode_[r.stream_encoder ? 1 : 0];
  }
  [[nodiscard]] StageNeed denoise_need(const Rungs& r) const override {
    return denoise_[r.sequential_guidance ? 1 : 0][chunk_of(r)]
                   [static_cast<std::size_t>(r.stream_blocks)];
  }
  [[nodiscard]] StageNeed decode_need(const Rungs& r) const override { return decode_[way_of(r)]; }

  [[nodiscard]] std::array<double, kStageCount> stage_seconds(const Rungs& r) const override {
    const std::size_t evictions = evictions_of(r);
    const std::size_t encode = evictions * 2 + (r.stream_encoder ? 1 : 0);
    const std::size_t denoise = (evictions * 2 + (r.sequential_guidance ? 1 : 0)) * 4 + chunk_of(r);
    const bool streams = r.stream_encoder || r.stream_blocks > 0;
    const std::size_t decode = way_of(r) + (streams ? kCpu + 1 : 0);
    const std::size_t load = encode * 3 + (r.cpu_decode ? 2u : r.tile_latent > 0 ? 1u : 0u);
    return {load_[load] - load_slope_[load] * r.stream_blocks, encode_seconds_[encode],
            denoise_seconds_[denoise][static_cast<std::size_t>(r.stream_blocks)],
            decode_seconds_[evictions][decode], 1};
  }

  std::mt19937 random_;
  std::array<StageNeed, 2> encode_{};                               // resident, streamed
  std::array<std::array<std::vector<StageNeed>, 4>, 2> denoise_{};  // by guidance, chunk, blocks
  std::array<StageNeed, kCpu + 1> decode_{};                        // by way
  std::array<double, 24> load_{}, load_slope_{};
  std::array<double, 8> encode_seconds_{};
  std::array<std::vector<double>, 32> denoise_seconds_{};
  std::array<std::array<double, 2 * (kCpu + 1)>, 4> decode_seconds_{};
};

// The real model by arithmetic: sizes of its weights, formulas for the rest (bf16, VAE in fp32).
class RealCosts final : public CountingCosts {
 public:
  RealCosts(Size size, bool with_guidance, double weight_scale)
      : pixels_(double{1} * size.width * size.height), scale_(weight_scale) {
    layers = 30;
    guided = with_guidance;
    const double image_tokens = pixels_ / 256;
    tokens_ = image_tokens + 64;
    for (const int chunk : {2048, 1024, 512, 256}) {
      if (chunk < tokens_) chunk_sizes.push_back(chunk);
    }
    for (const int tile : {96, 64, 48, 32}) {
      if (8 * tile < std::max(size.width, size.height)) tile_sizes.push_back(tile);
    }
  }

 private:
  static constexpr double kEncoder = 3'532'578'560 * 2.0;  // 35 layers
  static constexpr double kLayer = 180'910'336 * 2.0;      // a main layer
  static constexpr double kTransformerRest = 6'154'908'736 * 2.0 - 30 * kLayer;
  static constexpr double kVae = 49'545'475 * 4.0;
  static constexpr double kCopyBytesPerSecond = 12e9;
  static constexpr double kFlopsPerSecond = 20e12;
  static constexpr int kSteps = 8;

  static StageNeed need(double weights, double activations, double workspace) {
    StageNeed need;
    need.weights_bytes = static_cast<std::int64_t>(weights);
    need.activation_bytes = static_cast<std::int64_t>(activations);
    need.workspace_bytes = static_cast<std::int64_t>(workspace);
    need.peak_bytes = need.weights_bytes + need.activation_bytes + need.workspace_bytes;
    return need;
  }
  [[nodiscard]] double encoder_bytes(const Rungs& r) const {
    return r.stream_encoder ? 0 : kEncoder * scale_;
  }
  [[nodiscard]] double transformer_bytes(const Rungs& r) const {
    return (kTransformerRest + (30 - r.stream_blocks) * kLayer) * scale_;
  }

  [[nodiscard]] StageNeed encode_need(const Rungs& r) const override {
    const double buffers = r.stream_encoder ? 2 * kEncoder / 35 * scale_ : 0;
    return need(encoder_bytes(r), buffers + 512 * 2 * (6 * 2560 + 2 * 9728), 32e6);
  }
  [[nodiscard]] StageNeed denoise_need(const Rungs& r) const override {
    const double branches = guided && !r.sequential_guidance ? 2 : 1;
    const double rows = r.chunk_tokens > 0 ? std::min<double>(r.chunk_tokens, tokens_) : tokens_;
    const double stream = tokens_ * 3840 * 2 * 5;
    const double feed_forward = rows * 10240 * 2 * 2;
    const double buffers = (r.stream_blocks > 0 ? 2 : 0) * kLayer * scale_;
    return need(transformer_bytes(r), buffers + branches * (stream + feed_forward),
                branches * rows * 3840 * 4);
  }
  [[nodiscard]] StageNeed decode_need(const Rungs& r) const override {
    if (r.cpu_decode) return {};
    const double picture = pixels_ * 3 * 4;
    const double tile = 64.0 * r.tile_latent * r.tile_latent;
    const double worked_on = r.tile_latent > 0 ? std::min(tile, pixels_) : pixels_;
    return need(kVae, picture + worked_on * 256 * 4 * 3, worked_on * 256);
  }
  [[nodiscard]] std::array<double, kStageCount> stage_seconds(const Rungs& r) const override {
    const Residency stays = residency(r);
    const auto copy = [](double bytes) { return bytes / kCopyBytesPerSecond; };
    std::array<double, kStageCount> seconds{};
    seconds[at(Stage::kEncode)] =
        0.1 + (stays.text_encoder_after_encode ? 0 : copy(kEncoder * scale_));
    double step = 55.6e12 * tokens_ / 4160 * (guided ? 2 : 1) / kFlopsPerSecond;
    if (r.chunk_tokens > 0) step *= 1 + 20.0 / r.chunk_tokens;
    if (r.sequential_guidance) step *= 1.05;
    // Copies hide behind arithmetic, all but a tenth; sequential branches copy twice.
    const double streamed =
        copy(r.stream_blocks * kLayer * scale_) * (r.sequential_guidance ? 2 : 1);
    const double step_with_copies = std::max(step, streamed) + 0.1 * std::min(step, streamed);
    const bool comes_again = !stays.transformer_in_encode || !stays.transformer_in_decode;
    seconds[at(Stage::kDenoise)] =
        kSteps * step_with_copies + (comes_again ? copy(transformer_bytes(r)) : 0);
    double decode = pixels_ * 3e6 / (r.cpu_decode ? 4e11 : kFlopsPerSecond);
    if (r.tile_latent > 0) decode *= 1 + 8.0 / r.tile_latent;
    seconds[at(Stage::kDecode)] = decode + (stays.vae_before_decode ? 0 : copy(kVae));
    return seconds;
  }

  double pixels_, tokens_ = 0, scale_;
};

// Every need and every second a number of its own, so that sums tell what was added.
class DistinctCosts final : public CountingCosts {
 public:
  DistinctCosts() {
    layers = 4;
    guided = true;
    chunk_sizes = {256, 64};
    tile_sizes = {32};
  }

 private:
  [[nodiscard]] StageNeed encode_need(const Rungs& r) const override {
    return r.stream_encoder ? StageNeed{100, 40, 3, 142} : StageNeed{1000, 20, 3, 1021};
  }
  [[nodiscard]] StageNeed denoise_need(const Rungs& r) const override {
    return {50000 - r.stream_blocks * 10000, 300, 7, 50305 - r.stream_blocks * 10000};
  }
  [[nodiscard]] StageNeed decode_need(const Rungs& r) const override {
    return r.cpu_decode ? StageNeed{} : StageNeed{2'000'000, 900, 11, 2'000'910};
  }
  [[nodiscard]] std::array<double, kStageCount> stage_seconds(const Rungs& r) const override {
    return {1, 10, 100.0 + r.stream_blocks, 1000, 10000};
  }
};

int rung_count(const Rungs& rungs) {
  const auto names = rung_names(rungs);
  return names.front() == "resident" ? 0 : static_cast<int>(names.size());
}

// What the planner says it takes, found by looking at everything.
using Rank = std::tuple<double, std::int64_t, int>;
Rank by_time(const Candidate& c) { return {c.seconds, c.peak_bytes, rung_count(c.rungs)}; }
Rank by_peak(const Candidate& c) {
  return {static_cast<double>(c.peak_bytes), static_cast<std::int64_t>(c.seconds * 1e6),
          rung_count(c.rungs)};
}

const Candidate* exhaustive_fastest(const std::vector<Candidate>& all, std::int64_t budget) {
  const Candidate* best = nullptr;
  for (const Candidate& c : all) {
    if (c.peak_bytes <= budget && (best == nullptr || by_time(c) < by_time(*best))) best = &c;
  }
  return best;
}
const Candidate* exhaustive_leanest(const std::vector<Candidate>& all, double limit) {
  const Candidate* best = nullptr;
  for (const Candidate& c : all) {
    if (c.seconds <= limit && (best == nullptr || by_peak(c) < by_peak(*best))) best = &c;
  }
  return best;
}

// The plan is what compose() makes of its rungs.
void expect_composed(const Candidate& plan, LadderCosts& costs) {
  const Candidate again = compose(plan.rungs, costs);
  EXPECT_EQ(plan.peak_bytes, again.peak_bytes);
  EXPECT_EQ(plan.seconds, again.seconds);
  for (std::size_t s = 0; s < kStageCount; ++s) {
    EXPECT_EQ(plan.stages[s].weights_bytes, again.stages[s].weights_bytes);
    EXPECT_EQ(plan.stages[s].peak_bytes, again.stages[s].peak_bytes);
  }
}

// The most questions that any one search asked.
struct Questions {
  int needs = 0;
  int seconds = 0;
};

template <typename Search>
auto counted(CountingCosts& costs, Questions& most, const Search& search) {
  costs.asked_needs = costs.asked_seconds = 0;
  auto plan = search();
  most.needs = std::max(most.needs, costs.asked_needs);
  most.seconds = std::max(most.seconds, costs.asked_seconds);
  return plan;
}

// Compares the searches within a budget with those that look at everything.
void expect_optimal(CountingCosts& costs, const std::vector<Candidate>& all, std::int64_t budget,
                    Questions& most) {
  const auto fast = counted(costs, most, [&] { return fastest_plan(costs, budget); });
  const auto lean = counted(costs, most, [&] { return fastest_plan(costs, budget, true); });
  const Candidate* const best = exhaustive_fastest(all, budget);
  ASSERT_EQ(fast.has_value(), best != nullptr) << budget;
  ASSERT_EQ(lean.has_value(), best != nullptr) << budget;
  if (best == nullptr) return;
  EXPECT_EQ(by_time(*fast), by_time(*best)) << budget;
  expect_composed(*fast, costs);
  EXPECT_EQ(by_peak(*lean), by_peak(*exhaustive_leanest(all, 2 * best->seconds))) << budget;
  EXPECT_LE(lean->peak_bytes, budget);
  expect_composed(*lean, costs);
}

TEST(PlannerCompose, KeepsEverythingWhenThereAreNoRungs) {
  DistinctCosts costs;
  const Candidate plan = compose(Rungs{}, costs);
  const std::int64_t weights = 2'051'000;
  EXPECT_EQ(plan.stages[at(Stage::kLoad)].weights_bytes, weights);
  EXPECT_EQ(plan.stages[at(Stage::kLoad)].activation_bytes, 0);
  EXPECT_EQ(plan.stages[at(Stage::kLoad)].workspace_bytes, 0);
  EXPECT_EQ(plan.stages[at(Stage::kLoad)].peak_bytes, weights);
  EXPECT_EQ(plan.stages[at(Stage::kEncode)].weights_bytes, weights);
  EXPECT_EQ(plan.stages[at(Stage::kEncode)].activation_bytes, 20);
  EXPECT_EQ(plan.stages[at(Stage::kEncode)].workspace_bytes, 3);
  EXPECT_EQ(plan.stages[at(Stage::kEncode)].peak_bytes, weights + 21);
  EXPECT_EQ(plan.stages[at(Stage::kDenoise)].weights_bytes, weights);
  EXPECT_EQ(plan.stages[at(Stage::kDenoise)].peak_bytes, weights + 305);
  EXPECT_EQ(plan.stages[at(Stage::kDecode)].weights_bytes, weights);
  EXPECT_EQ(plan.stages[at(Stage::kDecode)].peak_bytes, weights + 910);
  EXPECT_EQ(plan.stages[at(Stage::kSave)].peak_bytes, 0);
  EXPECT_EQ(plan.peak_bytes, weights + 910);
  EXPECT_DOUBLE_EQ(plan.seconds, 11111);
}

// Weights of the text encoder, the transformer and the VAE decoder are 1000, 50000 and 2000000.
TEST(PlannerCompose, EachRungTakesItsNetworkAway) {
  struct Case {
    const char* name;
    Rungs rungs;
    std::int64_t load, denoise, decode;
  };
  Rungs evict_encoder, evict_transformer, stream_encoder, stream_blocks, tiles, cpu, all;
  evict_encoder.evict_encoder = true;
  evict_transformer.evict_transformer = true;
  stream_encoder.stream_encoder = true;
  stream_blocks.stream_blocks = 3;
  tiles.tile_latent = 32;
  cpu.cpu_decode = true;
  all = {true, true, true, 64, 4, true, 0, true};
  DistinctCosts costs;
  for (const Case& c :
       {Case{"evict-encoder", evict_encoder, 1000, 50000, 2'050'000},
        Case{"evict-transformer", evict_transformer, 1000, 51000, 2'001'000},
        Case{"stream-encoder", stream_encoder, 50100, 50000, 2'050'000},
        Case{"stream-blocks", stream_blocks, 21000, 21000, 2'021'000},
        Case{"tile-decode", tiles, 51000, 51000, 2'051'000},
        Case{"cpu-decode", cpu, 51000, 51000, 51000}, Case{"all", all, 100, 10000, 0}}) {
    const Candidate plan = compose(c.rungs, costs);
    EXPECT_EQ(plan.rungs, c.rungs) << c.name;
    EXPECT_EQ(plan.stages[at(Stage::kLoad)].weights_bytes, c.load) << c.name;
    EXPECT_EQ(plan.stages[at(Stage::kLoad)].peak_bytes, c.load) << c.name;
    EXPECT_EQ(plan.stages[at(Stage::kEncode)].weights_bytes, c.load) << c.name;
    EXPECT_EQ(plan.stages[at(Stage::kDenoise)].weights_bytes, c.denoise) << c.name;
    EXPECT_EQ(plan.stages[at(Stage::kDecode)].weights_bytes, c.decode) << c.name;
  }
  EXPECT_EQ(compose(all, costs).peak_bytes, 10305);
  EXPECT_EQ(compose(cpu, costs).peak_bytes, 51305);
}

TEST(Planner, AllPlansAreAllAndEachOnce) {
  DistinctCosts costs;
  const auto count = [&] {
    std::set<std::vector<std::string>> names;
    const std::vector<Candidate> all = all_plans(costs);
    for (const Candidate& c : all) {
      names.insert(rung_names(c.rungs));
      EXPECT_TRUE(costs.guided || !c.rungs.sequential_guidance);
      EXPECT_TRUE(costs.can_decode_on_cpu || !c.rungs.cpu_decode);
      EXPECT_FALSE(c.rungs.cpu_decode && c.rungs.tile_latent > 0);
    }
    EXPECT_EQ(names.size(), all.size());
    return names.size();
  };
  EXPECT_EQ(count(), 16u * 3 * 3 * 5);  // flags, chunks, decodes, blocks
  costs.guided = false;
  EXPECT_EQ(count(), 8u * 3 * 3 * 5);
  costs.can_decode_on_cpu = false;
  EXPECT_EQ(count(), 8u * 3 * 2 * 5);
  costs.layers = 0;
  costs.chunk_sizes.clear();
  costs.tile_sizes.clear();
  EXPECT_EQ(count(), 8u);
}

TEST(Planner, UsesNoRungWhenEverythingFits) {
  RealCosts costs({1024, 1024}, false, 1);
  const auto plan = fastest_plan(costs, 40 * kGiB);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->rungs, Rungs{});
}

TEST(Planner, SaysNothingWhenNotEvenTheSmallestPlanFits) {
  RealCosts costs({1024, 1024}, true, 1);
  const Candidate smallest = smallest_plan(costs);
  expect_composed(smallest, costs);
  EXPECT_FALSE(fastest_plan(costs, smallest.peak_bytes - 1));
  EXPECT_FALSE(fastest_plan(costs, smallest.peak_bytes - 1, true));
  EXPECT_FALSE(fastest_plan(costs, 0));
  EXPECT_FALSE(fastest_plan(costs, -kGiB));
  const auto just = fastest_plan(costs, smallest.peak_bytes);
  ASSERT_TRUE(just);
  EXPECT_EQ(just->peak_bytes, smallest.peak_bytes);
}

TEST(Planner, EqualsTheExhaustiveSearchOnRandomTables) {
  Questions most;
  std::mt19937 random(5);
  for (unsigned round = 0; round < 200; ++round) {
    const int layers = round % 10 == 0 ? 30 : std::uniform_int_distribution(0, 8)(random);
    RandomCosts costs(round, layers);
    const std::vector<Candidate> all = all_plans(costs);
    std::uniform_int_distribution<std::size_t> some(0, all.size() - 1);
    for (int i = 0; i < 5; ++i) {
      const std::int64_t budget = all[some(random)].peak_bytes;  // fits to the byte
      expect_optimal(costs, all, budget, most);
      expect_optimal(costs, all, budget - 1, most);
    }
    expect_optimal(costs, all, std::numeric_limits<std::int64_t>::max(), most);
    expect_optimal(costs, all, 0, most);
    const Candidate smallest = counted(costs, most, [&] { return smallest_plan(costs); });
    EXPECT_EQ(by_peak(smallest),
              by_peak(*exhaustive_leanest(all, std::numeric_limits<double>::infinity())));
    ASSERT_FALSE(HasFailure()) << "round " << round;
  }
  RecordProperty("most_needs", most.needs);
  RecordProperty("most_seconds", most.seconds);
  EXPECT_LT(most.needs, 200);
}

TEST(Planner, EqualsTheExhaustiveSearchForTheRealModelOnEveryCard) {
  Questions most;
  for (const double weight_scale : {1.0, 0.53, 0.3}) {  // bf16, int8, 4-bit with their scales
    for (const bool with_guidance : {false, true}) {
      for (const SizePreset& preset : kSizePresets) {
        RealCosts costs(preset.size, with_guidance, weight_scale);
        const std::vector<Candidate> all = all_plans(costs);
        for (const std::int64_t card : {2, 3, 4, 6, 8, 12, 16, 24}) {
          SCOPED_TRACE(std::to_string(card) + " GB, " + std::string(preset.name));
          const std::int64_t total = card * kGiB;
          const std::int64_t budget = total - std::max(256 * kMiB, total * 3 / 100);
          expect_optimal(costs, all, budget, most);
          EXPECT_TRUE(fastest_plan(costs, budget) || card < 4);
        }
      }
    }
  }
  RecordProperty("most_needs", most.needs);
  RecordProperty("most_seconds", most.seconds);
  EXPECT_LT(most.needs, 100);
  EXPECT_LT(most.needs + most.seconds, 400);
}

TEST(Planner, MoreMemoryIsNeverSlower) {
  RealCosts costs({768, 768}, true, 1);
  double before = std::numeric_limits<double>::infinity();
  for (std::int64_t budget = kGiB; budget < 30 * kGiB; budget += 300 * kMiB) {
    const auto plan = fastest_plan(costs, budget);
    if (!plan) {
      EXPECT_EQ(before, std::numeric_limits<double>::infinity()) << format_bytes(budget);
      continue;
    }
    EXPECT_LE(plan->seconds, before) << format_bytes(budget);
    before = plan->seconds;
  }
}

// Copies that hide behind arithmetic cost nothing, so the memory is left to others.
TEST(Planner, StreamsAsManyBlocksAsCostNoTime) {
  class Hidden final : public CountingCosts {
   public:
    Hidden() { layers = 30; }
    std::int64_t least_need = 0;  // of denoise, however much is streamed

   private:
    [[nodiscard]] StageNeed encode_need(const Rungs&) const override { return {}; }
    [[nodiscard]] StageNeed denoise_need(const Rungs& r) const override {
      // Two buffers of one block each, the first streamed block therefore costs memory.
      const std::int64_t buffers = r.stream_blocks > 0 ? 20 : 0;
      const std::int64_t weights = 300 - 10 * r.stream_blocks;
      return {weights, buffers, 0, std::max(weights + buffers, least_need)};
    }
    [[nodiscard]] StageNeed decode_need(const Rungs&) const override { return {}; }
    [[nodiscard]] std::array<double, kStageCount> stage_seconds(const Rungs& r) const override {
      const double evicting = (r.evict_encoder || r.evict_transformer) ? 1 : 0;
      return {evicting, 0, std::max(100.0, 10.0 * r.stream_blocks), 1, 0};
    }
  };
  Hidden costs;
  const auto blocks = [&](std::int64_t budget) {
    return fastest_plan(costs, budget)->rungs.stream_blocks;
  };
  EXPECT_EQ(blocks(1000), 10);
  EXPECT_EQ(blocks(220), 10);
  EXPECT_EQ(blocks(219), 11);
  EXPECT_EQ(blocks(20), 30);
  EXPECT_FALSE(fastest_plan(costs, 19));
  costs.least_need = 260;  // 240 + 20: a seventh block would save nothing
  EXPECT_EQ(blocks(1000), 6);
}

TEST(Planner, LowVramTakesTheLeastMemoryWithinTwiceTheTime) {
  RealCosts costs({512, 512}, false, 1);
  const auto fast = fastest_plan(costs, 40 * kGiB);
  const auto lean = fastest_plan(costs, 40 * kGiB, true);
  ASSERT_TRUE(fast && lean);
  EXPECT_LT(lean->peak_bytes, fast->peak_bytes / 2);
  EXPECT_LE(lean->seconds, 2 * fast->seconds);
}

}  // namespace
}  // namespace headroom
