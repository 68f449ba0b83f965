#include "headroom/memory/planner.h"

#include "in_order.h"

#include <algorithm>
#include <functional>
#include <initializer_list>
#include <limits>
#include <numeric>
#include <tuple>
#include <utility>

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

double sum(const std::array<double, kStageCount>& seconds, Stage from) {
  return std::accumulate(seconds.begin() + index(from), seconds.end(), 0.0);
}

int count_rungs(const Rungs& rungs) {
  return int{rungs.evict_encoder} + int{rungs.stream_encoder} + int{rungs.sequential_guidance} +
         int{rungs.chunk_tokens > 0} + int{rungs.stream_blocks > 0} + int{rungs.evict_transformer} +
         int{rungs.tile_latent > 0} + int{rungs.cpu_decode};
}

// All the rungs but stream_blocks, and where their costs stand in the tables of Search.
struct Combination {
  Rungs rungs;     // stream_blocks is 0
  int chunk = 0;   // 0 = none, then the position in chunk_sizes + 1
  int decode = 0;  // 0 = whole, then the position in tile_sizes + 1, last the CPU
};

// Gentler ones first, so that the first of equals is the one to take.
std::vector<Combination> combinations(const LadderCosts& costs) {
  const int chunks = 1 + static_cast<int>(costs.chunk_sizes.size());
  const int tiles = 1 + static_cast<int>(costs.tile_sizes.size());
  std::vector<Combination> all;
  all.reserve(std::size_t{16} * static_cast<std::size_t>(chunks * (tiles + 1)));
  for (int flags = 0; flags < 16; ++flags) {
    Combination c;
    c.rungs.sequential_guidance = (flags & 1) != 0;
    c.rungs.evict_encoder = (flags & 2) != 0;
    c.rungs.evict_transformer = (flags & 4) != 0;
    c.rungs.stream_encoder = (flags & 8) != 0;
    if (c.rungs.sequential_guidance && !costs.guided) continue;
    for (c.chunk = 0; c.chunk < chunks; ++c.chunk) {
      c.rungs.chunk_tokens =
          c.chunk == 0 ? 0 : costs.chunk_sizes[static_cast<std::size_t>(c.chunk - 1)];
      c.rungs.cpu_decode = false;
      for (c.decode = 0; c.decode < tiles; ++c.decode) {
        c.rungs.tile_latent =
            c.decode == 0 ? 0 : costs.tile_sizes[static_cast<std::size_t>(c.decode - 1)];
        all.push_back(c);
      }
      if (!costs.can_decode_on_cpu) continue;
      c.rungs.tile_latent = 0;
      c.rungs.cpu_decode = true;
      all.push_back(c);
    }
  }
  return all;
}

// The least n in [low, high] for which `holds`, given that it holds for `high` and for everything
// above a number that it holds for. Asks for `low` first: the gentlest is often enough.
template <typename Predicate>
int least(int low, int high, const Predicate& holds) {
  if (holds(low)) return low;
  while (high - low > 1) {
    const int middle = low + (high - low) / 2;
    (holds(middle) ? high : low) = middle;
  }
  return high;
}

// The largest n in [low, high] for which `holds`, given that it holds for `low` and for everything
// below a number that it holds for.
template <typename Predicate>
int largest(int low, int high, const Predicate& holds) {
  return low + high - least(low, high, [&](int n) { return holds(low + high - n); });
}

// Searches all plans of one LadderCosts. Asks it nothing twice, and no more than it must.
class Search {
 public:
  explicit Search(LadderCosts& costs)
      : costs_(costs),
        combinations_(combinations(costs)),
        blocks_(costs.layers + 1),
        chunks_(1 + static_cast<int>(costs.chunk_sizes.size())),
        decodes_(2 + static_cast<int>(costs.tile_sizes.size())),
        encode_(2),
        denoise_(static_cast<std::size_t>(2 * chunks_ * blocks_)),
        decode_(static_cast<std::size_t>(decodes_)) {
    const auto unknown = [](int size) {
      return std::vector<double>(static_cast<std::size_t>(size), kUnknown);
    };
    seconds_[index(Stage::kLoad)] = unknown(24 * blocks_);
    seconds_[index(Stage::kEncode)] = unknown(8);
    seconds_[index(Stage::kDenoise)] = unknown(8 * chunks_ * blocks_);
    seconds_[index(Stage::kDecode)] = unknown(8 * decodes_);
    seconds_[index(Stage::kSave)] = unknown(1);
  }

  struct Choice {
    double seconds = 0;
    std::int64_t peak_bytes = 0;
    int rungs = 0;
    std::size_t combination = 0;
    int stream_blocks = 0;
  };

  // The first by seconds, then peak, then rungs, of those whose peak is at most `budget_bytes`.
  std::optional<Choice> fastest(std::int64_t budget_bytes) {
    std::optional<Choice> best;
    const auto consider = [&](std::size_t c, int blocks) {
      const Choice choice = choose(c, blocks);
      const auto rank = [](const Choice& it) {
        return std::tie(it.seconds, it.peak_bytes, it.rungs, it.combination, it.stream_blocks);
      };
      if (!best || rank(choice) < rank(*best)) best = choice;
    };
    // Seconds cost less to ask for than needs: whatever cannot win is left before its needs are
    // asked.
    InOrder<double> order;
    for (std::size_t c = 0; c < combinations_.size(); ++c) order.add(seconds(c, 0), c);
    order.visit([&](double at_least, std::size_t c) {
      if (best && at_least > best->seconds) return false;
      if (allowed(c, 0) && peak(c, 0) <= budget_bytes) consider(c, 0);
      return true;
    });
    if (costs_.layers < 1) return best;

    const int first = first_streamed();
    for (std::size_t c = 0; c < combinations_.size(); ++c) {
      if (!allowed(c, first)) continue;
      const double at_least = bound_by_tangent(c);
      if (!best || at_least <= best->seconds) order.add(at_least, c);
    }
    order.visit([&](double at_least, std::size_t c) {
      if (best && at_least > best->seconds) return false;
      if (peak(c, costs_.layers) > budget_bytes) return true;
      const auto fits = [&](int n) { return peak(c, n) <= budget_bytes; };
      const int fewest = quickest(c, least(first, costs_.layers, fits));
      if (best && seconds(c, fewest) > best->seconds) return true;
      // Among those that take as long, more blocks save memory.
      const double limit = seconds(c, fewest);
      const int most =
          largest(fewest, costs_.layers, [&](int n) { return seconds(c, n) <= limit; });
      consider(c, fewest_with_peak_of(c, fewest, most));
      return true;
    });
    return best;
  }

  // The first by peak, then seconds, then rungs, of those that take at most `limit` seconds. There
  // must be one.
  Choice leanest(double limit) {
    std::optional<Choice> best;
    const auto consider = [&](std::size_t c, int blocks) {
      const Choice choice = choose(c, blocks);
      const auto rank = [](const Choice& it) {
        return std::tie(it.peak_bytes, it.seconds, it.rungs, it.combination, it.stream_blocks);
      };
      if (!best || rank(choice) < rank(*best)) best = choice;
    };
    const int first = first_streamed();
    InOrder<std::int64_t> order;
    for (std::size_t c = 0; c < combinations_.size(); ++c) {
      order.add(std::min(peak(c, 0), peak(c, costs_.layers)), c);
    }
    order.visit([&](std::int64_t at_least, std::size_t c) {
      if (best && at_least > best->peak_bytes) return false;
      const auto in_time = [&](int n) { return seconds(c, n) <= limit; };
      if (allowed(c, 0) && in_time(0)) consider(c, 0);
      if (costs_.layers < 1 || !allowed(c, first) ||
          (best && peak(c, costs_.layers) > best->peak_bytes))
        return true;
      const int quick = quickest(c, first);
      if (!in_time(quick)) return true;
      const int most = largest(quick, costs_.layers, in_time);
      if (best && peak(c, most) > best->peak_bytes) return true;
      consider(c, std::max(fewest_with_peak_of(c, first, most), quick));
      return true;
    });
    return *best;
  }

  Candidate candidate(const Choice& choice) {
    Candidate candidate;
    candidate.rungs = rungs(choice.combination, choice.stream_blocks);
    candidate.stages = stages(choice.combination, choice.stream_blocks);
    candidate.peak_bytes = choice.peak_bytes;
    candidate.seconds = choice.seconds;
    return candidate;
  }

 private:
  static constexpr double kUnknown = -1;

  Rungs rungs(std::size_t combination, int blocks) const {
    Rungs all = combinations_[combination].rungs;
    all.stream_blocks = blocks;
    return all;
  }

  // With more streamed blocks, from one on, a plan stays allowed.
  [[nodiscard]] bool allowed(std::size_t combination, int blocks) const {
    return costs_.floor.allows(rungs(combination, blocks));
  }
  // The least of the numbers from 1 on that the floor leaves.
  [[nodiscard]] int first_streamed() const { return std::max(1, costs_.floor.stream_blocks); }

  Choice choose(std::size_t combination, int blocks) {
    return {seconds(combination, blocks), peak(combination, blocks),
            count_rungs(rungs(combination, blocks)), combination, blocks};
  }

  // How many blocks to stream, at least `from`, for the least seconds; the fewest if there are
  // several.
  int quickest(std::size_t combination, int from) {
    return least(from, costs_.layers, [&](int n) {
      return n == costs_.layers || seconds(combination, n) <= seconds(combination, n + 1);
    });
  }

  // No number of streamed blocks makes a combination faster: a convex function lies above its
  // tangents.
  double bound_by_tangent(std::size_t combination) {
    const double first = seconds(combination, 1);
    if (costs_.layers == 1) return first;
    const double slope = seconds(combination, 2) - first;
    if (slope >= 0) return first;
    const double bound = first + slope * (costs_.layers - 1);
    return bound - 1e-9 * first;  // the slope of a straight line is rounded, too
  }

  int fewest_with_peak_of(std::size_t combination, int low, int high) {
    const std::int64_t lowest = peak(combination, high);
    return least(low, high, [&](int n) { return peak(combination, n) <= lowest; });
  }

  std::int64_t peak(std::size_t combination, int blocks) {
    return largest_peak(stages(combination, blocks));
  }

  std::array<StageNeed, kStageCount> stages(std::size_t combination, int blocks) {
    const Combination& c = combinations_[combination];
    const Rungs all = rungs(combination, blocks);
    const auto ask = [](std::optional<StageNeed>& known, const auto& question) -> const StageNeed& {
      if (!known) known = question();
      return *known;
    };
    const int denoise = (int{all.sequential_guidance} * chunks_ + c.chunk) * blocks_ + blocks;
    const Needs alone{
        ask(encode_[all.stream_encoder ? 1 : 0], [&] { return costs_.encode(all); }),
        ask(denoise_[static_cast<std::size_t>(denoise)], [&] { return costs_.denoise(all); }),
        ask(decode_[static_cast<std::size_t>(c.decode)], [&] { return costs_.decode(all); })};
    return place(all, alone, costs_.from);
  }

  // As costs_.seconds() would sum up to: each stage's part is kept under what it depends on.
  double seconds(std::size_t combination, int blocks) {
    const Combination& c = combinations_[combination];
    const Rungs all = rungs(combination, blocks);
    const int evictions = int{all.evict_encoder} + 2 * int{all.evict_transformer};
    const int encode = evictions * 2 + int{all.stream_encoder};
    const int way_of_decode = all.cpu_decode ? 2 : int{all.tile_latent > 0};
    const int load = (encode * 3 + way_of_decode) * blocks_ + blocks;
    const int denoise =
        ((evictions * 2 + int{all.sequential_guidance}) * chunks_ + c.chunk) * blocks_ + blocks;
    const bool streams = all.stream_encoder || blocks > 0;
    const int decode = (evictions * 2 + int{streams}) * decodes_ + c.decode;
    const std::array<int, kStageCount> at{load, encode, denoise, decode, 0};

    std::array<double, kStageCount> parts{};
    bool known = true;
    for (std::size_t s = 0; s < parts.size(); ++s) {
      parts[s] = seconds_[s][static_cast<std::size_t>(at[s])];
      known = known && parts[s] != kUnknown;
    }
    if (!known) {
      parts = costs_.seconds(all);
      for (std::size_t s = 0; s < parts.size(); ++s) {
        seconds_[s][static_cast<std::size_t>(at[s])] = parts[s];
      }
    }
    return sum(parts, costs_.from);
  }

  LadderCosts& costs_;
  std::vector<Combination> combinations_;
  int blocks_, chunks_, decodes_;  // how many values each may take
  std::vector<std::optional<StageNeed>> encode_, denoise_, decode_;
  std::array<std::vector<double>, kStageCount> seconds_;
};

}  // namespace

Candidate compose(const Rungs& rungs, LadderCosts& costs) {
  Candidate candidate;
  candidate.rungs = rungs;
  candidate.stages =
      place(rungs, {costs.encode(rungs), costs.denoise(rungs), costs.decode(rungs)}, costs.from);
  candidate.peak_bytes = largest_peak(candidate.stages);
  candidate.seconds = sum(costs.seconds(rungs), costs.from);
  return candidate;
}

std::optional<Candidate> fastest_plan(LadderCosts& costs, std::int64_t budget_bytes,
                                      bool low_vram) {
  Search search(costs);
  const std::optional<Search::Choice> fastest = search.fastest(budget_bytes);
  if (!fastest) return std::nullopt;
  // The fastest is in time itself, so the leanest needs no more than it and fits as well.
  return search.candidate(low_vram ? search.leanest(2 * fastest->seconds) : *fastest);
}

Candidate smallest_plan(LadderCosts& costs) {
  Search search(costs);
  return search.candidate(search.leanest(std::numeric_limits<double>::infinity()));
}

std::vector<Candidate> all_plans(LadderCosts& costs) {
  std::vector<Candidate> all;
  for (const Combination& combination : combinations(costs)) {
    Rungs rungs = combination.rungs;
    for (rungs.stream_blocks = 0; rungs.stream_blocks <= costs.layers; ++rungs.stream_blocks) {
      if (costs.floor.allows(rungs)) all.push_back(compose(rungs, costs));
    }
  }
  return all;
}

}  // namespace headroom
