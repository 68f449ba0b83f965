#include "run_recorder.h"

#include "headroom/core/version.h"
#include "headroom/pipeline/thread_count.h"

#include <algorithm>
#include <ctime>

namespace headroom {
namespace {

// "2026-11-24T14:09:15Z"
std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text.data();
}

}  // namespace

void RunRecorder::begin_next_picture(bool under_another_plan) {
  for (std::size_t i = 0; i < kStageCount; ++i) {
    if (kStages[i].once) seconds_[i] = 0;
  }
  if (under_another_plan) peaks_ = {};
}

RunRecord RunRecorder::run_record(const RunningPlan& keeper, int image_index) const {
  RunRecord run_record;
  run_record.plan = keeper.first_plan();
  run_record.changes = keeper.changes();
  run_record.image_index = image_index;
  run_record.shape = shape_;
  run_record.stage_seconds = seconds_;
  for (std::size_t k = 0; k < kStageCount; ++k) {
    const PeakUse& peak = peaks_[k];
    run_record.stage_peak_bytes[k] = peak.in_use;
    run_record.actual_in_use_bytes = std::max(run_record.actual_in_use_bytes, peak.in_use);
    run_record.actual_peak_bytes = std::max(run_record.actual_peak_bytes, peak.held);
  }
  run_record.driver_allocations = keeper.driver_allocations();
  run_record.model = options_.model.info.name;
  run_record.device = options_.device.name;
  run_record.device_uuid = options_.device.uuid;
  run_record.dtype = dtype_;
  run_record.threads = resolve_threads(options_.threads);
  run_record.version = std::string(kVersion);
  run_record.libtorch = libtorch_version();
  run_record.time = utc_now();
  return run_record;
}

}  // namespace headroom
