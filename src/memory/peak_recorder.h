#pragma once
#include "headroom/memory/allocator_model.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace headroom {

// Keeps the peaks of the bytes in use, by stage and by kind, while an allocation trace is
// replayed.
class PeakRecorder {
 public:
  void enter(Stage stage) { stage_ = stage; }

  // Adds `bytes` (negative: takes away) to what is in use of `tag`.
  void add(MemoryTag tag, std::int64_t bytes) { use_[static_cast<std::size_t>(tag)] += bytes; }

  // Updates the current stage's peaks with what is in use now.
  void note() {
    const auto raise = [](std::int64_t& peak, std::int64_t value) { peak = std::max(peak, value); };
    const auto of = [&](MemoryTag tag) { return use_[static_cast<std::size_t>(tag)]; };
    StagePeak& stage = peaks_.stages[static_cast<std::size_t>(stage_)];
    stage.seen = true;
    raise(stage.activation_bytes, of(MemoryTag::kActivations));
    raise(stage.weights_bytes, of(MemoryTag::kWeights));
    raise(stage.workspace_bytes, of(MemoryTag::kWorkspace));
    raise(stage.host_bytes, of(MemoryTag::kHost));
    peaks_.left_bytes = use_[0] + use_[1] + use_[2];
    peaks_.left_in_use_bytes = peaks_.left_bytes;
    raise(stage.peak_bytes, peaks_.left_bytes);
    stage.in_use_bytes = stage.peak_bytes;
    raise(peaks_.peak_bytes, stage.peak_bytes);
  }

  [[nodiscard]] Stage stage() const { return stage_; }
  [[nodiscard]] const TracePeaks& peaks() const { return peaks_; }

 private:
  Stage stage_ = Stage::kLoad;
  std::array<std::int64_t, 4> use_{};  // by MemoryTag
  TracePeaks peaks_;
};

}  // namespace headroom
