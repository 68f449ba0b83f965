#pragma once
#include "headroom/core/generation.h"
#include "headroom/core/memory_snapshot.h"
#include "headroom/core/run_shape.h"
#include "headroom/memory/forecaster.h"

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

// Answers "what would this run need" for a window that must not wait. Works on its own thread and
// remembers its answers. Only the newest question counts. The public functions may be called from
// one thread only.
class ForecastService {
 public:
  // What is asked about: `count` pictures of one shape, which must come from a valid request.
  struct Run {
    RunShape shape;
    int count = 1;
    std::string loras{};  // tags of the LoRAs that have an effect, all with strength 1
    // Set: a picture of the shape's size is only enlarged; the other fields do not matter then.
    std::optional<Upscale> upscale{};
    friend auto operator<=>(const Run&, const Run&) = default;
  };
  // All three are called on the ForecastService's thread; the last two may be empty. An Error
  // becomes a forecast that does not fit, with the Error's message as the reason.
  struct Sources {
    std::function<Forecast(const Run&, const MemorySnapshot&)> forecast;
    // A table of sizes in multiples of kStep_px up to kLargestSide_px, for runs like `like`, whose
    // shape has no size. Calls `between` between sizes, which may throw to end it.
    std::function<Frontier(const Run& like, const MemorySnapshot&,
                           const std::function<void()>& between)>
        frontier{};
    std::function<std::vector<OtherProgram>()> other_programs{};
  };
  static constexpr int kLargestSide_px = 2048;
  static constexpr int kStep_px = 64;
  // Prompt lengths are rounded up to multiples of this for the table, as models pad them, so that
  // the table is not computed again for every typed word.
  static constexpr int kTableTokens = 32;

  // What is known so far.
  struct Forecasts {
    // One for each run, in their order. While the answer is not there: an older one, from before
    // memory changed or with other prompt lengths, or null if there is none.
    std::vector<std::shared_ptr<const Forecast>> forecasts;
    // For runs like the first one, of any size and count; may be older or null too.
    std::shared_ptr<const Frontier> frontier;
    std::vector<OtherProgram> others;  // largest first
  };

  // `wake` is called on the ForecastService's thread when the newest question has a new answer.
  ForecastService(Sources sources, std::function<void()> wake);
  ~ForecastService();
  ForecastService(const ForecastService&) = delete;
  ForecastService& operator=(const ForecastService&) = delete;

  // Asks about one or more runs and returns what is known at once.
  [[nodiscard]] Forecasts request(const std::vector<Run>& runs, const MemorySnapshot& memory);
  // Call when something else that the answers depend on has changed: the next request() computes
  // all again.
  void refresh();
  // Replaces the sources by those of another model or device and forgets all answers.
  void ask(Sources sources);

 private:
  template <typename Value>
  struct Known {
    std::shared_ptr<const Value> value;
    std::uint64_t version = 0;
  };
  struct Task {
    std::optional<Run> forecast{};  // this forecast; else the other programs, else the frontier
    bool others = false;
    Run like{};  // for the frontier
    MemorySnapshot memory{};
    std::uint64_t version = 0;
    std::uint64_t question = 0;
    std::shared_ptr<const Sources> sources;
  };

  // Both require the mutex.
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
  std::uint64_t version_ = 0;  // increased when known answers become stale
  std::uint64_t question_ = 0;
  std::map<Run, Known<Forecast>> forecasts_;
  std::map<Run, std::shared_ptr<const Forecast>> newest_;  // key: without prompt lengths
  Known<Frontier> frontier_;
  Run frontier_like_;
  Known<std::vector<OtherProgram>> others_;
  std::jthread thread_;  // last member
};

}  // namespace headroom
