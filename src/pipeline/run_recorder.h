#pragma once
#include "headroom/core/generator.h"
#include "headroom/core/run_shape.h"
#include "headroom/device/device_backend.h"
#include "headroom/pipeline/make_generator.h"

#include "adaptive_plan.h"

#include <array>
#include <chrono>
#include <string>
#include <utility>

namespace headroom {

// Measures the stages of one run, seconds and the most that each had of the device, and puts them
// beside the plan: the run records of its pictures. Used on the thread of the run.
class RunRecorder {
 public:
  // `dtype` is the number format that the run computes in. References must outlive the run.
  RunRecorder(const PipelineOptions& options, std::string dtype, const RunShape& shape,
              ProgressSink& sink)
      : options_(options), dtype_(std::move(dtype)), shape_(shape), sink_(sink) {}

  template <typename Work>
  auto run(Stage stage, int image_index, Work work) {
    DeviceBackend& device = *options_.device.backend;
    sink_.on_stage(stage, image_index);
    const auto start = std::chrono::steady_clock::now();
    auto result = work();
    device.synchronize();  // or its work would be counted as the next stage's
    const auto i = static_cast<std::size_t>(stage);
    seconds_[i] = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    peaks_[i] = device.end_stage();
    return result;
  }

  // A further picture finds the model loaded and the prompt encoded. Under another plan the peaks
  // of the first stages are not its own.
  void begin_next_picture(bool under_another_plan);

  // Of the picture whose stages were measured last, which `keeper` kept to its plan.
  [[nodiscard]] RunRecord run_record(const AdaptivePlan& keeper, int image_index) const;

 private:
  const PipelineOptions& options_;
  const std::string dtype_;
  const RunShape shape_;
  ProgressSink& sink_;
  std::array<double, kStageCount> seconds_{};
  std::array<PeakUse, kStageCount> peaks_{};
};

}  // namespace headroom
