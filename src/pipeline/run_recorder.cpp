#include "run_recorder.h"

#include "headroom/core/version.h"

#include "threads.h"

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

Receipt RunRecorder::receipt(const PlanKeeper& keeper, int image_index) const {
  Receipt receipt;
  receipt.plan = keeper.first_plan();
  receipt.changes = keeper.changes();
  receipt.image_index = image_index;
  receipt.shape = shape_;
  receipt.stage_seconds = seconds_;
  for (std::size_t k = 0; k < kStageCount; ++k) {
    const PeakUse& peak = peaks_[k];
    receipt.stage_peak_bytes[k] = peak.in_use;
    receipt.actual_in_use_bytes = std::max(receipt.actual_in_use_bytes, peak.in_use);
    receipt.actual_peak_bytes = std::max(receipt.actual_peak_bytes, peak.held);
  }
  receipt.driver_allocations = keeper.driver_allocations();
  receipt.model = options_.model.info.name;
  receipt.device = options_.device.name;
  receipt.device_uuid = options_.device.uuid;
  receipt.dtype = dtype_;
  receipt.threads = resolve_threads(options_.threads);
  receipt.version = std::string(kVersion);
  receipt.libtorch = libtorch_version();
  receipt.time = utc_now();
  return receipt;
}

}  // namespace headroom
