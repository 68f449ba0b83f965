#include "headroom/memory/planner.h"

#include "headroom/memory/found_plans.h"
#include "headroom/memory/plan_candidate.h"
#include "headroom/memory/plan_space.h"

#include "choice_needs.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <tuple>

namespace headroom {
namespace {

int count_options(const ExecutionOptions& execution) {
  return int{execution.evict_encoder} + int{execution.stream_encoder} +
         int{execution.sequential_guidance} + int{execution.chunk_tokens > 0} +
         int{execution.stream_blocks > 0} + int{execution.evict_transformer} +
         int{execution.tile_latent > 0} + int{execution.cpu_decode} + int{execution.packed_weights};
}

constexpr ExecutionOptions kEvictions[] = {{},
                                           {.evict_encoder = true},
                                           {.evict_transformer = true},
                                           {.evict_encoder = true, .evict_transformer = true}};

// Ways with few streamed blocks come first: when one of them is the fastest, the needs of the
// slower ones are never asked for.
std::vector<ExecutionOptions> ways_to_denoise(const PlanSpace& space,
                                              const ExecutionOptions& common) {
  std::vector<int> chunks{0};
  chunks.insert(chunks.end(), space.chunk_sizes.begin(), space.chunk_sizes.end());
  std::vector<ExecutionOptions> ways;
  for (const bool sequential : {false, true}) {
    if (sequential && !space.guided) continue;
    for (const int chunk : chunks) {
      for (int blocks = 0; blocks <= space.layers; ++blocks) {
        ExecutionOptions& way = ways.emplace_back(common);
        way.sequential_guidance = sequential;
        way.chunk_tokens = chunk;
        way.stream_blocks = blocks;
      }
    }
  }
  return ways;
}

std::vector<ExecutionOptions> ways_to_decode(const PlanSpace& space) {
  std::vector<ExecutionOptions> ways{{}};
  for (const int tile : space.tile_sizes) ways.push_back({.tile_latent = tile});
  if (space.can_decode_on_cpu) ways.push_back({.cpu_decode = true});
  return ways;
}

ExecutionOptions join(const ExecutionOptions& denoise, const ExecutionOptions& evictions,
                      bool stream_encoder, const ExecutionOptions& decode) {
  ExecutionOptions all = denoise;
  all.evict_encoder = evictions.evict_encoder;
  all.evict_transformer = evictions.evict_transformer;
  all.stream_encoder = stream_encoder;
  all.tile_latent = decode.tile_latent;
  all.cpu_decode = decode.cpu_decode;
  return all;
}

// Orders plans of equal seconds and peak: fewer options first, then those with less effect.
auto order_of_equals(const ExecutionOptions& r) {
  return std::tuple(count_options(r), r.stream_encoder, r.evict_transformer, r.evict_encoder,
                    r.sequential_guidance, r.chunk_tokens > 0, -r.chunk_tokens, r.cpu_decode,
                    r.tile_latent > 0, -r.tile_latent, r.stream_blocks, r.packed_weights);
}

// What a search looks for.
struct Target {
  bool leanest = false;  // the least peak, then seconds; else the least seconds, then peak
  double most_seconds = std::numeric_limits<double>::infinity();
  std::int64_t most_bytes = std::numeric_limits<std::int64_t>::max();
};

// Compares all plans, assuming nothing about how costs grow. A way to denoise is skipped with all
// its plans when it takes too long even with the quickest other stages, or too much memory even
// alone.
class Search {
 public:
  Search(const PlanSpace& space, PlanCosts& costs, const Target& target)
      : space_(space),
        costs_(costs),
        target_(target),
        to_decode_(ways_to_decode(space)),
        decode_(to_decode_.size()) {}

  struct Best {
    double seconds = 0;
    std::int64_t peak_bytes = 0;
    ExecutionOptions execution;
  };
  std::optional<Best> best() {
    save_seconds_ = stage_seconds(Stage::kSave, {}, space_, costs_);
    look(/*packed=*/false);
    if (space_.can_be_packed) look(/*packed=*/true);
    return best_;
  }

 private:
  // Seconds of the stages other than load and the steps, for one pair of evictions.
  struct Beside {
    std::array<double, 2> prompt{};  // resident, streamed
    // Indexed by whether anything is streamed, then like to_decode_.
    std::array<std::vector<double>, 2> pixels;
    double least_prompt = std::numeric_limits<double>::infinity();
    double least_pixels = std::numeric_limits<double>::infinity();
  };

  // Compares all plans that keep weights packed, or all that do not.
  void look(bool packed) {
    common_.packed_weights = packed;
    encode_ = {};
    beside_.clear();
    for (const ExecutionOptions& evictions : kEvictions) beside_.push_back(beside(evictions));
    std::vector<ExecutionOptions> to_denoise = ways_to_denoise(space_, common_);
    if (target_.leanest) std::reverse(to_denoise.begin(), to_denoise.end());
    for (const ExecutionOptions& denoise : to_denoise) compare_plans(denoise);
  }

  // Whether a plan with at least these seconds and this peak could still be better than the best.
  [[nodiscard]] bool may_win(double seconds, std::int64_t peak_bytes) const {
    if (seconds > target_.most_seconds || peak_bytes > target_.most_bytes) return false;
    if (!best_) return true;
    return target_.leanest
               ? std::tie(peak_bytes, seconds) <= std::tie(best_->peak_bytes, best_->seconds)
               : std::tie(seconds, peak_bytes) <= std::tie(best_->seconds, best_->peak_bytes);
  }

  Beside beside(const ExecutionOptions& evictions) {
    Beside seconds;
    for (const bool stream : {false, true}) {
      const std::size_t s = stream ? 1 : 0;
      seconds.prompt[s] =
          choice_seconds(Choice::kPrompt, join(common_, evictions, stream, {}), space_, costs_);
      seconds.least_prompt = std::min(seconds.least_prompt, seconds.prompt[s]);
      for (const ExecutionOptions& decode : to_decode_) {
        seconds.pixels[s].push_back(choice_seconds(
            Choice::kPixels, join(common_, evictions, stream, decode), space_, costs_));
        seconds.least_pixels = std::min(seconds.least_pixels, seconds.pixels[s].back());
      }
    }
    return seconds;
  }

  // Compares the plans with this way to denoise.
  void compare_plans(const ExecutionOptions& to_denoise) {
    std::optional<ChoiceNeeds> needs;
    for (std::size_t e = 0; e < std::size(kEvictions); ++e) {
      const double seconds = choice_seconds(
          Choice::kSteps, join(to_denoise, kEvictions[e], false, {}), space_, costs_);
      const Beside& beside = beside_[e];
      const double at_least =
          total_seconds(0, beside.least_prompt, seconds, beside.least_pixels, save_seconds_);
      if (!may_win(at_least, 0)) continue;
      if (!needs) needs = needs_of(Choice::kSteps, to_denoise, space_, costs_);
      if (!may_win(at_least, peak_from(space_.from, needs->stages))) continue;
      for (const bool stream_encoder : {false, true}) {
        for (std::size_t d = 0; d < to_decode_.size(); ++d) {
          const bool streams = stream_encoder || to_denoise.stream_blocks > 0;
          const Times times{beside.prompt[stream_encoder ? 1 : 0], seconds,
                            beside.pixels[streams ? 1 : 0][d]};
          if (!may_win(total_seconds(0, times.prompt, times.steps, times.pixels, save_seconds_),
                       0)) {
            continue;
          }
          const ExecutionOptions execution =
              join(to_denoise, kEvictions[e], stream_encoder, to_decode_[d]);
          if (space_.floor.allows(execution)) compare(execution, times, *needs, decode_[d]);
        }
      }
    }
  }

  // The peak of the stages still to be done, without the networks beside their own.
  static std::int64_t peak_from(Stage from, const StageNeeds& needs) {
    std::int64_t peak = 0;
    for (std::size_t i = index_of(from); i < needs.size(); ++i) {
      peak = std::max(peak, needs[i].peak_bytes);
    }
    return peak;
  }

  struct Times {
    double prompt, steps, pixels;
  };
  void compare(const ExecutionOptions& execution, const Times& times, const ChoiceNeeds& steps,
               std::optional<ChoiceNeeds>& pixels) {
    const double seconds = total_seconds(stage_seconds(Stage::kLoad, execution, space_, costs_),
                                         times.prompt, times.steps, times.pixels, save_seconds_);
    if (!may_win(seconds, 0)) return;
    std::optional<ChoiceNeeds>& prompt = encode_[execution.stream_encoder ? 1 : 0];
    if (!prompt) prompt = needs_of(Choice::kPrompt, execution, space_, costs_);
    if (!pixels) pixels = needs_of(Choice::kPixels, execution, space_, costs_);
    const std::int64_t peak_bytes =
        largest_peak(place(execution, {&*prompt, &steps, &*pixels}, space_));
    if (!may_win(seconds, peak_bytes)) return;
    const bool equal = best_ && seconds == best_->seconds && peak_bytes == best_->peak_bytes;
    if (!equal || order_of_equals(execution) < order_of_equals(best_->execution))
      best_ = {seconds, peak_bytes, execution};
  }

  const PlanSpace& space_;
  PlanCosts& costs_;
  const Target target_;
  const std::vector<ExecutionOptions> to_decode_;
  double save_seconds_ = 0;
  // Options that all plans compared at the moment have in common:
  ExecutionOptions common_;
  std::vector<Beside> beside_;  // with each of kEvictions
  // ChoiceNeeds, once they were asked for.
  std::array<std::optional<ChoiceNeeds>, 2> encode_;  // resident, streamed
  std::vector<std::optional<ChoiceNeeds>> decode_;    // of to_decode_
  std::optional<Best> best_;
};

// The answer of `search`, or what an earlier one has found.
template <typename SearchAnswer>
std::optional<PlanCandidate> found_or(const PlanSpace& space, PlanCosts& costs, PlanGoal goal,
                                      std::int64_t budget_bytes, const SearchAnswer& search) {
  FoundPlans* const found = costs.found_plans();
  const FoundPlans::Answer* answer = found ? found->find(space, goal, budget_bytes) : nullptr;
  FoundPlans::Answer fresh;
  if (answer == nullptr) {
    fresh = search();
    if (found) found->add(space, goal, fresh);
    answer = &fresh;
  }
  if (!answer->execution) return std::nullopt;
  return compose(*answer->execution, space, costs);
}

FoundPlans::Answer search_within(const PlanSpace& space, PlanCosts& costs,
                                 std::int64_t budget_bytes, bool low_vram) {
  const auto fastest = Search(space, costs, {.most_bytes = budget_bytes}).best();
  if (!fastest) return {std::nullopt, std::numeric_limits<std::int64_t>::min(), budget_bytes};
  FoundPlans::Answer answer{fastest->execution, fastest->peak_bytes, budget_bytes};
  if (low_vram) {
    // The fastest plan itself is within that time, so the leanest needs at most as much and fits
    // as well.
    answer.execution = Search(space, costs,
                              {.leanest = true,
                               .most_seconds = 2 * fastest->seconds,
                               .most_bytes = fastest->peak_bytes})
                           .best()
                           ->execution;
  }
  return answer;
}

}  // namespace

std::optional<PlanCandidate> fastest_plan(const PlanSpace& space, PlanCosts& costs,
                                          std::int64_t budget_bytes, bool low_vram) {
  return found_or(space, costs, low_vram ? PlanGoal::kLowVram : PlanGoal::kFastest, budget_bytes,
                  [&] { return search_within(space, costs, budget_bytes, low_vram); });
}

PlanCandidate smallest_plan(const PlanSpace& space, PlanCosts& costs) {
  using Bytes = std::numeric_limits<std::int64_t>;
  return *found_or(space, costs, PlanGoal::kSmallest, 0, [&] {
    const ExecutionOptions smallest = Search(space, costs, {.leanest = true}).best()->execution;
    return FoundPlans::Answer{smallest, Bytes::min(), Bytes::max()};
  });
}

}  // namespace headroom
