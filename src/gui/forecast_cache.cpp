#include "forecast_cache.h"

#include "headroom/core/bytes.h"

#include <algorithm>
#include <cstdlib>

namespace headroom {
namespace {

constexpr std::size_t kMostEntries = 256;

// Own memory is reclaimable, so a run may use what is free plus what is ours.
std::int64_t usable(const MemorySnapshot& m) { return m.free + m.ours(); }

bool moved(const MemorySnapshot& a, const MemorySnapshot& b) {
  const std::int64_t threshold = std::min(64 * kMiB, std::max(kMiB, b.total / 200));
  return a.total != b.total || std::llabs(usable(a) - usable(b)) > threshold ||
         std::llabs(a.weights - b.weights) > threshold;
}

}  // namespace

void ForecastCache::begin_frame(const MemorySnapshot& memory) {
  ++frame_;
  asked_ = pending_ = false;
  if (version_ > 0 && !moved(memory_, memory)) return;
  memory_ = memory;
  ++version_;
}

const Forecast* ForecastCache::get(const GenerationRequest& r) {
  const Key key{r.width, r.height, r.steps, r.guidance_scale > 0, r.count};
  const auto found = entries_.find(key);
  if (found != entries_.end() && (found->second.version == version_ || asked_)) {
    pending_ = pending_ || found->second.version != version_;
    found->second.last_used = frame_;
    return &found->second.forecast;
  }
  if (asked_) {
    pending_ = true;
    return nullptr;
  }
  asked_ = true;
  Entry& entry = entries_[key];
  entry = {ask_(r, memory_), version_, frame_};
  if (entries_.size() > kMostEntries) forget_old();
  return &entry.forecast;
}

void ForecastCache::forget_old() {
  std::erase_if(entries_, [this](const auto& e) { return e.second.last_used + 1 < frame_; });
}

}  // namespace headroom
