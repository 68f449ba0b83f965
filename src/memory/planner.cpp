#include "headroom/memory/planner.h"

#include <algorithm>
#include <initializer_list>
#include <iterator>
#include <limits>
#include <tuple>

namespace headroom {
namespace {

std::size_t index(Stage stage) { return static_cast<std::size_t>(stage); }

// With the weights of `others` beside its own.
StageNeed with_resident(StageNeed need, std::initializer_list<StageNeed> others) {
  for (const StageNeed& other : others) {
    need.weights_bytes += other.weights_bytes;
    need.peak_bytes += other.weights_bytes;
    for (auto part : {&StageNeed::in_use, &StageNeed::small}) {
      (need.*part).weights_bytes += (other.*part).weights_bytes;
      (need.*part).peak_bytes += (other.*part).weights_bytes;
    }
  }
  return need;
}

struct Needs {
  StageNeed encode, denoise, decode;  // each alone
};

// The needs of the stages from `from` on with the networks that are resident beside theirs.
std::array<StageNeed, kStageCount> place(const Rungs& rungs, const Needs& alone, Stage from) {
  const Residency stays = residency(rungs);
  const auto if_kept = [](bool kept, const StageNeed& need) { return kept ? need : StageNeed{}; };
  const StageNeed text_encoder = if_kept(stays.text_encoder_after_encode, alone.encode);
  const StageNeed vae = if_kept(stays.vae_before_decode, alone.decode);

  std::array<StageNeed, kStageCount> stages{};
  StageNeed& load = stages[index(Stage::kLoad)];
  StageNeed& encode = stages[index(Stage::kEncode)];
  encode = with_resident(alone.encode, {if_kept(stays.transformer_in_encode, alone.denoise), vae});
  load = with_resident({}, {encode});
  stages[index(Stage::kDenoise)] = with_resident(alone.denoise, {text_encoder, vae});
  stages[index(Stage::kDecode)] = with_resident(
      alone.decode, {text_encoder, if_kept(stays.transformer_in_decode, alone.denoise)});
  std::fill_n(stages.begin(), index(from), StageNeed{});
  return stages;
}

// Neither pool of a card gives back to the other what a stage leaves in it.
std::int64_t largest_peak(const std::array<StageNeed, kStageCount>& stages) {
  std::int64_t small = 0;
  std::int64_t large = 0;
  for (const StageNeed& stage : stages) {
    small = std::max(small, stage.small.peak_bytes);
    large = std::max(large, stage.peak_bytes - stage.small.peak_bytes);
  }
  return small + large;
}

int count_rungs(const Rungs& rungs) {
  return int{rungs.evict_encoder} + int{rungs.stream_encoder} + int{rungs.sequential_guidance} +
         int{rungs.chunk_tokens > 0} + int{rungs.stream_blocks > 0} + int{rungs.evict_transformer} +
         int{rungs.tile_latent > 0} + int{rungs.cpu_decode};
}

double stage_seconds(Stage stage, const Rungs& rungs, const PlanSpace& space, LadderCosts& costs) {
  return stage < space.from ? 0 : costs.seconds(stage, rungs, space.files_are_cached);
}
// Always in this order: sums of equal parts must be equal, and no larger with smaller parts.
double total(double load, double encode, double denoise, double decode, double save) {
  return load + encode + denoise + decode + save;
}

constexpr Rungs kEvictions[] = {{},
                                {.evict_encoder = true},
                                {.evict_transformer = true},
                                {.evict_encoder = true, .evict_transformer = true}};

// Those that stream few blocks come first: where one of them is the fastest, the slower ones are
// never asked what they need.
std::vector<Rungs> ways_to_denoise(const PlanSpace& space) {
  std::vector<int> chunks{0};
  chunks.insert(chunks.end(), space.chunk_sizes.begin(), space.chunk_sizes.end());
  std::vector<Rungs> ways;
  for (const bool sequential : {false, true}) {
    if (sequential && !space.guided) continue;
    for (const int chunk : chunks) {
      for (int blocks = 0; blocks <= space.layers; ++blocks) {
        ways.push_back(
            {.sequential_guidance = sequential, .chunk_tokens = chunk, .stream_blocks = blocks});
      }
    }
  }
  return ways;
}

std::vector<Rungs> ways_to_decode(const PlanSpace& space) {
  std::vector<Rungs> ways{{}};
  for (const int tile : space.tile_sizes) ways.push_back({.tile_latent = tile});
  if (space.can_decode_on_cpu) ways.push_back({.cpu_decode = true});
  return ways;
}

Rungs join(const Rungs& denoise, const Rungs& evictions, bool stream_encoder, const Rungs& decode) {
  Rungs all = denoise;
  all.evict_encoder = evictions.evict_encoder;
  all.evict_transformer = evictions.evict_transformer;
  all.stream_encoder = stream_encoder;
  all.tile_latent = decode.tile_latent;
  all.cpu_decode = decode.cpu_decode;
  return all;
}

// The order among plans of equal seconds and peak: fewer rungs first, then the gentler ones.
auto order_of_equals(const Rungs& r) {
  return std::tuple(count_rungs(r), r.stream_encoder, r.evict_transformer, r.evict_encoder,
                    r.sequential_guidance, r.chunk_tokens > 0, -r.chunk_tokens, r.cpu_decode,
                    r.tile_latent > 0, -r.tile_latent, r.stream_blocks);
}

// What a plan is chosen for.
struct Goal {
  bool leanest = false;  // the least peak, then seconds; else the least seconds, then peak
  double most_seconds = std::numeric_limits<double>::infinity();
  std::int64_t most_bytes = std::numeric_limits<std::int64_t>::max();
};

// Compares all plans. Nothing is assumed of how costs grow. A way to denoise is skipped with all
// its plans when even beside the quickest other stages it takes too long, or even alone too much
// memory.
class Search {
 public:
  Search(const PlanSpace& space, LadderCosts& costs, const Goal& goal)
      : space_(space),
        costs_(costs),
        goal_(goal),
        to_decode_(ways_to_decode(space)),
        decode_(to_decode_.size()) {}

  std::optional<Candidate> best() {
    std::vector<Rungs> to_denoise = ways_to_denoise(space_);
    if (goal_.leanest) std::reverse(to_denoise.begin(), to_denoise.end());
    save_seconds_ = stage_seconds(Stage::kSave, {}, space_, costs_);
    for (const Rungs& evictions : kEvictions) beside_.push_back(beside(evictions));
    for (const Rungs& denoise : to_denoise) compare_plans(denoise);
    if (!best_) return std::nullopt;
    return compose(best_->rungs, space_, costs_);
  }

 private:
  struct Choice {
    double seconds = 0;
    std::int64_t peak_bytes = 0;
    Rungs rungs;
  };
  // Seconds of the stages beside denoise and load, with one pair of evictions.
  struct Beside {
    std::array<double, 2> encode{};  // resident, streamed
    // By whether anything is streamed, then in the order of to_decode_.
    std::array<std::vector<double>, 2> decode;
    double least_encode = std::numeric_limits<double>::infinity();
    double least_decode = std::numeric_limits<double>::infinity();
  };

  // Whether a plan with at least these seconds and this peak can still be the one to take.
  [[nodiscard]] bool may_win(double seconds, std::int64_t peak_bytes) const {
    if (seconds > goal_.most_seconds || peak_bytes > goal_.most_bytes) return false;
    if (!best_) return true;
    return goal_.leanest
               ? std::tie(peak_bytes, seconds) <= std::tie(best_->peak_bytes, best_->seconds)
               : std::tie(seconds, peak_bytes) <= std::tie(best_->seconds, best_->peak_bytes);
  }

  Beside beside(const Rungs& evictions) {
    Beside seconds;
    for (const bool stream : {false, true}) {
      const std::size_t s = stream ? 1 : 0;
      seconds.encode[s] =
          stage_seconds(Stage::kEncode, join({}, evictions, stream, {}), space_, costs_);
      seconds.least_encode = std::min(seconds.least_encode, seconds.encode[s]);
      for (const Rungs& decode : to_decode_) {
        seconds.decode[s].push_back(
            stage_seconds(Stage::kDecode, join({}, evictions, stream, decode), space_, costs_));
        seconds.least_decode = std::min(seconds.least_decode, seconds.decode[s].back());
      }
    }
    return seconds;
  }

  // Those with this way to denoise.
  void compare_plans(const Rungs& to_denoise) {
    std::optional<StageNeed> need;
    for (std::size_t e = 0; e < std::size(kEvictions); ++e) {
      const double seconds = stage_seconds(
          Stage::kDenoise, join(to_denoise, kEvictions[e], false, {}), space_, costs_);
      const Beside& beside = beside_[e];
      const double at_least =
          total(0, beside.least_encode, seconds, beside.least_decode, save_seconds_);
      if (!may_win(at_least, 0)) continue;
      if (!need) need = costs_.denoise(to_denoise);
      if (!may_win(at_least, space_.from > Stage::kDenoise ? 0 : need->peak_bytes)) continue;
      for (const bool stream_encoder : {false, true}) {
        for (std::size_t d = 0; d < to_decode_.size(); ++d) {
          const bool streams = stream_encoder || to_denoise.stream_blocks > 0;
          const Times times{beside.encode[stream_encoder ? 1 : 0], seconds,
                            beside.decode[streams ? 1 : 0][d]};
          if (!may_win(total(0, times.encode, times.denoise, times.decode, save_seconds_), 0)) {
            continue;
          }
          const Rungs rungs = join(to_denoise, kEvictions[e], stream_encoder, to_decode_[d]);
          if (space_.floor.allows(rungs)) compare(rungs, times, *need, decode_[d]);
        }
      }
    }
  }

  struct Times {
    double encode, denoise, decode;
  };
  void compare(const Rungs& rungs, const Times& times, const StageNeed& denoise,
               std::optional<StageNeed>& decode) {
    const double seconds = total(stage_seconds(Stage::kLoad, rungs, space_, costs_), times.encode,
                                 times.denoise, times.decode, save_seconds_);
    if (!may_win(seconds, 0)) return;
    std::optional<StageNeed>& encode = encode_[rungs.stream_encoder ? 1 : 0];
    if (!encode) encode = costs_.encode(rungs);
    if (!decode) decode = costs_.decode(rungs);
    const std::int64_t peak_bytes =
        largest_peak(place(rungs, {*encode, denoise, *decode}, space_.from));
    if (!may_win(seconds, peak_bytes)) return;
    const bool equal = best_ && seconds == best_->seconds && peak_bytes == best_->peak_bytes;
    if (!equal || order_of_equals(rungs) < order_of_equals(best_->rungs))
      best_ = {seconds, peak_bytes, rungs};
  }

  const PlanSpace& space_;
  LadderCosts& costs_;
  const Goal goal_;
  const std::vector<Rungs> to_decode_;
  double save_seconds_ = 0;
  std::vector<Beside> beside_;  // with each of kEvictions
  // Needs, once they were asked for.
  std::array<std::optional<StageNeed>, 2> encode_;  // resident, streamed
  std::vector<std::optional<StageNeed>> decode_;    // of to_decode_
  std::optional<Choice> best_;
};

}  // namespace

Candidate compose(const Rungs& rungs, const PlanSpace& space, LadderCosts& costs) {
  Candidate candidate;
  candidate.rungs = rungs;
  candidate.stages =
      place(rungs, {costs.encode(rungs), costs.denoise(rungs), costs.decode(rungs)}, space.from);
  candidate.peak_bytes = largest_peak(candidate.stages);
  candidate.seconds = total(stage_seconds(Stage::kLoad, rungs, space, costs),
                            stage_seconds(Stage::kEncode, rungs, space, costs),
                            stage_seconds(Stage::kDenoise, rungs, space, costs),
                            stage_seconds(Stage::kDecode, rungs, space, costs),
                            stage_seconds(Stage::kSave, rungs, space, costs));
  return candidate;
}

std::optional<Candidate> fastest_plan(const PlanSpace& space, LadderCosts& costs,
                                      std::int64_t budget_bytes, bool low_vram) {
  std::optional<Candidate> fastest = Search(space, costs, {.most_bytes = budget_bytes}).best();
  if (!fastest || !low_vram) return fastest;
  // The fastest is in time itself, so the leanest needs no more than it and fits as well.
  return Search(space, costs,
                {.leanest = true,
                 .most_seconds = 2 * fastest->seconds,
                 .most_bytes = fastest->peak_bytes})
      .best();
}

Candidate smallest_plan(const PlanSpace& space, LadderCosts& costs) {
  return *Search(space, costs, {.leanest = true}).best();
}

}  // namespace headroom
