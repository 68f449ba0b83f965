#pragma once
#include "headroom/core/generation.h"
#include "headroom/core/memory_snapshot.h"
#include "headroom/memory/forecast.h"

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <tuple>
#include <vector>

namespace headroom {

// Answers "what would happen" for a window that must not wait: on a thread of its own, remembering
// what it found. Only the newest question counts. The public functions belong to one thread.
class Lookout {
 public:
  // All three run on the Lookout's thread; the last two may be empty. An Error becomes a forecast
  // that does not fit with its message as the reason.
  struct Sources {
    std::function<Forecast(const GenerationRequest&, const MemorySnapshot&)> forecast;
    // Of sizes in multiples of kStep_px up to kLargestSide_px; calls `between` between sizes,
    // which may throw to end it.
    std::function<Frontier(const GenerationRequest&, const MemorySnapshot&,
                           const std::function<void()>& between)>
        frontier{};
    std::function<std::vector<OtherProgram>()> other_programs{};
  };
  static constexpr int kLargestSide_px = 2048;
  static constexpr int kStep_px = 64;

  // What is known by now.
  struct Outlook {
    // One for each request, in their order: the answer, an older one while memory has moved since,
    // or null when there was none yet.
    std::vector<std::shared_ptr<const Forecast>> forecasts;
    // For requests like the first, of any size and count; as above.
    std::shared_ptr<const Frontier> frontier;
    std::vector<OtherProgram> others;  // largest first
  };

  // `wake` runs on the Lookout's thread when there is a new answer to the newest question.
  Lookout(Sources sources, std::function<void()> wake);
  ~Lookout();
  Lookout(const Lookout&) = delete;
  Lookout& operator=(const Lookout&) = delete;

  // Asks, and returns at once. Requests must be valid, apart from an empty prompt, and at least
  // one.
  [[nodiscard]] Outlook look(const std::vector<GenerationRequest>& requests,
                             const MemorySnapshot& memory);
  // Something else that the answers depend on is new: the coming look() asks for all again.
  void refresh();

 private:
  // What answers depend on. The length of the prompts hardly matters, so only roughly.
  using Kind = std::tuple<int, bool, std::size_t, std::size_t>;  // steps, guided, lengths
  using Key = std::tuple<int, int, int, Kind>;                   // width, height, count
  template <typename Value>
  struct Known {
    std::shared_ptr<const Value> value;
    std::uint64_t version = 0;
  };
  struct Task {
    std::optional<GenerationRequest> forecast{};  // else the others, else the frontier
    bool others = false;
    GenerationRequest like{};  // of the frontier
    MemorySnapshot memory{};
    std::uint64_t version = 0;
    std::uint64_t question = 0;
  };

  static Kind kind_of(const GenerationRequest& request);
  static Key key_of(const GenerationRequest& request);
  [[nodiscard]] std::optional<Task> next_task() const;  // under the lock
  void run(const std::stop_token& stop);
  void make_table(const Task& task, const std::stop_token& stop);
  Forecast ask(const Task& task) const;

  Sources sources_;
  std::function<void()> wake_;
  mutable std::mutex mutex_;  // guards everything below
  std::condition_variable_any changed_;
  std::vector<GenerationRequest> requests_;  // the newest question
  MemorySnapshot memory_;
  std::uint64_t version_ = 0;  // raised when what is known has grown stale
  std::uint64_t question_ = 0;
  std::map<Key, Known<Forecast>> forecasts_;
  Known<Frontier> frontier_;
  Kind frontier_kind_;
  Known<std::vector<OtherProgram>> others_;
  std::jthread thread_;  // last member
};

}  // namespace headroom
