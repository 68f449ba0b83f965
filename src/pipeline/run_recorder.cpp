#include "run_recorder.h"

#include "headroom/core/utc_time.h"
#include "headroom/core/version.h"
#include "headroom/pipeline/thread_count.h"

#include <algorithm>
#include <ctime>

namespace headroom {

void RunRecorder::begin_next_picture(bool under_another_plan) {
  for (std::size_t i = 0; i < kStageCount; ++i) {
    if (kStages[i].once) seconds_[i] = 0;
  }
  if (under_another_plan) peaks_ = {};
}

RunRecord RunRecorder::run_record(const RunningPlan& running, int image_index) const {
  RunRecord run_record;
  run_record.plan = running.first_plan();
  run_record.changes = running.changes();
  run_record.image_index = image_index;
  run_record.shape = shape_;
  run_record.stage_seconds = seconds_;
  for (std::size_t k = 0; k < kStageCount; ++k) {
    const PeakUse& peak = peaks_[k];
    run_record.stage_peak_bytes[k] = peak.in_use;
    run_record.actual_in_use_bytes = std::max(run_record.actual_in_use_bytes, peak.in_use);
    run_record.actual_peak_bytes = std::max(run_record.actual_peak_bytes, peak.held);
  }
  run_record.driver_allocations = running.driver_allocations();
  run_record.model = options_.model.info.name;
  run_record.device = options_.device.name;
  run_record.device_uuid = options_.device.uuid;
  run_record.dtype = dtype_;
  run_record.threads = resolve_threads(options_.threads);
  run_record.version = std::string(kVersion);
  run_record.libtorch = libtorch_version();
  run_record.time = utc_text(std::time(nullptr));
  return run_record;
}

}  // namespace headroom
