#pragma once
#include "headroom/core/generation.h"
#include "headroom/core/memory_snapshot.h"
#include "headroom/core/run_shape.h"
#include "headroom/memory/forecast.h"

#include <compare>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace headroom {

// Answers "what would happen" for a window that must not wait: on a thread of its own, remembering
// what it found. Only the newest question counts. The public functions belong to one thread.
class ForecastService {
 public:
  // What is asked about: `count` pictures of one shape, which a valid request has.
  struct Run {
    RunShape shape;
    int count = 1;
    std::string loras{};  // tags of those that have an effect, all with the strength 1
    // A picture of the shape's size is only made larger; nothing else counts then.
    std::optional<Upscale> upscale{};
    friend auto operator<=>(const Run&, const Run&) = default;
  };
  // All three run on the ForecastService's thread; the last two may be empty. An Error becomes a
  // forecast that does not fit with its message as the reason.
  struct Sources {
    std::function<Forecast(const Run&, const MemorySnapshot&)> forecast;
    // Of sizes in multiples of kStep_px up to kLargestSide_px, for runs like one whose shape has no
    // size; calls `between` between sizes, which may throw to end it.
    std::function<Frontier(const Run& like, const MemorySnapshot&,
                           const std::function<void()>& between)>
        frontier{};
    std::function<std::vector<OtherProgram>()> other_programs{};
  };
  static constexpr int kLargestSide_px = 2048;
  static constexpr int kStep_px = 64;
  // The table is of prompts whose lengths are rounded up to this, as models pad them: it is not
  // asked for anew at every word that is typed.
  static constexpr int kTableTokens = 32;

  // What is known by now.
  struct Forecasts {
    // One for each run, in their order: the answer; until it is there, an older one, from before
    // memory moved or of prompts of other lengths; null when there was none yet.
    std::vector<std::shared_ptr<const Forecast>> forecasts;
    // For runs like the first, of any size and count; as above.
    std::shared_ptr<const Frontier> frontier;
    std::vector<OtherProgram> others;  // largest first
  };

  // `wake` runs on the ForecastService's thread when there is a new answer to the newest question.
  ForecastService(Sources sources, std::function<void()> wake);
  ~ForecastService();
  ForecastService(const ForecastService&) = delete;
  ForecastService& operator=(const ForecastService&) = delete;

  // Asks about one run or more, and returns at once.
  [[nodiscard]] Forecasts request(const std::vector<Run>& runs, const MemorySnapshot& memory);
  // Something else that the answers depend on is new: the coming request() asks for all again.
  void refresh();
  // Asks others from now on, about another model or device: nothing is known any more.
  void ask(Sources sources);

 private:
  template <typename Value>
  struct Known {
    std::shared_ptr<const Value> value;
    std::uint64_t version = 0;
  };
  struct Task {
    std::optional<Run> forecast{};  // else the others, else the frontier
    bool others = false;
    Run like{};  // of the frontier
    MemorySnapshot memory{};
    std::uint64_t version = 0;
    std::uint64_t question = 0;
    std::shared_ptr<const Sources> sources;
  };

  // Both under the lock.
  [[nodiscard]] std::optional<Task> next_task() const;
  [[nodiscard]] std::shared_ptr<const Forecast> answer_to(const Run& run) const;
  void run(const std::stop_token& stop);
  void make_table(const Task& task, const std::stop_token& stop);
  void answer(const Task& task);
  [[nodiscard]] static Forecast forecast(const Task& task);

  std::function<void()> wake_;
  mutable std::mutex mutex_;  // guards everything below
  std::condition_variable_any changed_;
  std::shared_ptr<const Sources> sources_;
  std::vector<Run> runs_;  // the newest question
  MemorySnapshot memory_;
  std::uint64_t version_ = 0;  // raised when what is known has grown stale
  std::uint64_t question_ = 0;
  std::map<Run, Known<Forecast>> forecasts_;
  std::map<Run, std::shared_ptr<const Forecast>> newest_;  // of runs that differ in lengths alone
  Known<Frontier> frontier_;
  Run frontier_like_;
  Known<std::vector<OtherProgram>> others_;
  std::jthread thread_;  // last member
};

}  // namespace headroom
