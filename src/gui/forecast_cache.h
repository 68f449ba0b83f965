#pragma once
#include "headroom/core/generation.h"
#include "headroom/core/memory_snapshot.h"
#include "headroom/memory/forecast.h"

#include <cstdint>
#include <functional>
#include <map>
#include <tuple>

namespace headroom {

// Answers "what would happen" every frame although a new shape costs a frame's time: remembers, and
// asks for at most one new forecast a frame. One thread.
class ForecastCache {
 public:
  using Ask = std::function<Forecast(const GenerationRequest&, const MemorySnapshot&)>;
  explicit ForecastCache(Ask ask) : ask_(std::move(ask)) {}

  // Starts a frame. Forecasts grow stale once free or resident memory has moved noticeably since.
  void begin_frame(const MemorySnapshot& memory);
  // Something else that forecasts depend on is new: all are stale.
  void refresh() { ++version_; }
  // The forecast, the stale one while its turn has not come, or null when there was none yet.
  [[nodiscard]] const Forecast* get(const GenerationRequest& request);
  // True when a forecast was asked for in this frame and has to wait for the next.
  [[nodiscard]] bool pending() const { return pending_; }

 private:
  // What a forecast depends on: width, height, steps, guidance on, count.
  using Key = std::tuple<int, int, int, bool, int>;
  struct Entry {
    Forecast forecast;
    std::uint64_t version = 0;
    std::uint64_t last_used = 0;
  };
  void forget_old();

  Ask ask_;
  std::map<Key, Entry> entries_;
  MemorySnapshot memory_;
  std::uint64_t version_ = 0;  // raised when what is known has grown stale
  std::uint64_t frame_ = 0;
  bool asked_ = false;
  bool pending_ = false;
};

}  // namespace headroom
