#pragma once
#include "headroom/core/generator.h"
#include "headroom/device/device_backend.h"

#include <array>
#include <chrono>

namespace headroom {

// Measures one stage after the other: seconds, and the most that it had of the device.
class StageClock {
 public:
  StageClock(DeviceBackend& device, ProgressSink& sink) : device_(device), sink_(sink) {}

  template <typename Work>
  auto run(Stage stage, int image_index, Work work) {
    sink_.on_stage(stage, image_index);
    const auto start = std::chrono::steady_clock::now();
    auto result = work();
    device_.synchronize();  // or its work would be counted as the next stage's
    const auto i = static_cast<std::size_t>(stage);
    seconds[i] = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    peaks[i] = device_.end_stage();
    return result;
  }

  std::array<double, kStageCount> seconds{};
  std::array<PeakUse, kStageCount> peaks{};

 private:
  DeviceBackend& device_;
  ProgressSink& sink_;
};

}  // namespace headroom
