#pragma once
#include "headroom/core/generator.h"
#include "headroom/core/run_shape.h"
#include "headroom/device/device_backend.h"
#include "headroom/pipeline/make_generator.h"

#include "running_plan.h"

#include <array>
#include <chrono>
#include <string>
#include <utility>

namespace headroom {

// Measures the stages of one run, their seconds and peaks, and makes the run records of its
// pictures, with the plan beside. Used on the thread of the run.
class RunRecorder {
 public:
  // `dtype` is the number format of the run. References must outlive the run.
  RunRecorder(const PipelineOptions& options, std::string dtype, const RunShape& shape,
              ProgressSink& sink)
      : options_(options), dtype_(std::move(dtype)), shape_(shape), sink_(sink) {}

  template <typename Work>
  auto run(Stage stage, int image_index, Work work) {
    DeviceBackend& device = *options_.device.backend;
    sink_.on_stage(stage, image_index);
    const auto start = std::chrono::steady_clock::now();
    auto result = work();
    device.synchronize();  // otherwise its work would count for the next stage
    const auto i = static_cast<std::size_t>(stage);
    seconds_[i] = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    peaks_[i] = device.end_stage();
    return result;
  }

  // For a further picture the model is loaded and the prompt encoded already.
  // `under_another_plan`: the peaks of the first stages do not belong to its plan.
  void begin_next_picture(bool under_another_plan);

  // For the picture that was measured last; `running` has its plan and changes.
  [[nodiscard]] RunRecord run_record(const RunningPlan& running, int image_index) const;

 private:
  const PipelineOptions& options_;
  const std::string dtype_;
  const RunShape shape_;
  ProgressSink& sink_;
  std::array<double, kStageCount> seconds_{};
  std::array<PeakUse, kStageCount> peaks_{};
};

}  // namespace headroom
