#include "headroom/engine/memory_sampler.h"

#include "headroom/core/bytes.h"

#include <array>
#include <exception>
#include <utility>

namespace headroom {
namespace {

// Whether a person looking at the gauge would see a difference.
bool differs_visibly(const MemorySnapshot& a, const MemorySnapshot& b) {
  constexpr std::array kFigures{&MemorySnapshot::total,       &MemorySnapshot::free,
                                &MemorySnapshot::weights,     &MemorySnapshot::used_by_others,
                                &MemorySnapshot::activations, &MemorySnapshot::reserved_by_driver,
                                &MemorySnapshot::cached,      &MemorySnapshot::peak};
  for (const auto figure : kFigures) {
    const std::int64_t change = a.*figure - b.*figure;
    if (change > kMiB || change < -kMiB) return true;
  }
  return a.source != b.source || a.pretended != b.pretended;
}

}  // namespace

MemorySampler::MemorySampler(std::function<MemorySnapshot()> read, std::function<void()> wake,
                             std::chrono::milliseconds period, Clock now)
    : read_(std::move(read)), wake_(std::move(wake)), period_(period), now_(std::move(now)) {
  take_sample();
  // Started last, since the thread expects the first sample.
  thread_ = std::jthread([this](std::stop_token stop) { run(std::move(stop)); });
}

MemorySampler::~MemorySampler() = default;  // jthread: asks to stop, then joins

void MemorySampler::start_anew() { take_sample(/*is_first=*/true); }

MemorySnapshot MemorySampler::latest() const {
  const std::scoped_lock lock(mutex_);
  return samples_.empty() ? MemorySnapshot{} : samples_.back().memory;
}

std::vector<MemorySampler::Sample> MemorySampler::history() const {
  const std::scoped_lock lock(mutex_);
  return {samples_.begin(), samples_.end()};
}

void MemorySampler::run(std::stop_token stop) {
  MemorySnapshot shown = latest();
  while (true) {
    {
      std::unique_lock lock(mutex_);
      // A sleep that a stop request ends.
      changed_.wait_for(lock, stop, period_, [] { return false; });
    }
    if (stop.stop_requested()) return;
    take_sample();
    MemorySnapshot current = latest();
    if (differs_visibly(current, shown)) {
      shown = std::move(current);
      wake_();
    }
  }
}

void MemorySampler::take_sample(bool is_first) {
  MemorySnapshot memory;
  try {
    memory = read_();  // may call the driver: never under the lock
  } catch (const std::exception&) {
    return;  // the last reading stays; the next attempt follows in a quarter of a second
  }
  const auto time = now_();
  const std::scoped_lock lock(mutex_);
  if (is_first) samples_.clear();
  samples_.push_back({time, std::move(memory)});
  while (time - samples_.front().time > kHistory) samples_.pop_front();
}

}  // namespace headroom
