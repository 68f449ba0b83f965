#include "headroom/device/device_backend.h"

#include <algorithm>

namespace headroom {

void DeviceBackend::begin_run() {
  run_peak_ = 0;
  reset_peak();
}

PeakUse DeviceBackend::end_stage() {
  const DeviceUse now = use();
  run_peak_ = std::max(run_peak_.load(), now.peak);
  reset_peak();
  return {now.peak, now.held_peak};
}

std::int64_t DeviceBackend::run_peak() const { return std::max(run_peak_.load(), use().peak); }

WorkUse DeviceBackend::measure(const std::function<void()>& work) {
  // Kernels are asynchronous: wait for them before and after measuring.
  synchronize();
  reset_peak();
  const std::int64_t before = counted_use().kept;
  work();
  synchronize();
  const WorkUse after = counted_use();
  return {after.peak - before, after.kept - before};
}

}  // namespace headroom
