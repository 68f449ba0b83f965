#pragma once
#include "headroom/core/number_format.h"
#include "headroom/device/device.h"
#include "headroom/memory/workspace_terms.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace headroom {

// What a calibration is valid for: another device, libtorch or number format uses other kernels.
struct CalibrationKey {
  std::string device;       // "CPU budget" or the name of the card
  std::string libtorch;     // its version
  std::string dtype;        // "fp32", "bf16" or "fp16"
  int threads = 0;          // of the CPU; 0 for a GPU
  std::string libraries{};  // for a GPU: DeviceBackend::libraries()
  friend bool operator==(const CalibrationKey&, const CalibrationKey&) = default;
};
// `dtype` and `threads` as in PipelineOptions. Throws Error{kInvalidRequest} for an unknown format.
[[nodiscard]] CalibrationKey calibration_key(const Device& device, NumberFormat dtype, int threads);

// What one operation was measured to allocate, and what was declared for it. Bytes of workspace.
struct OpMeasurement {
  std::string op;     // "linear", "attention", "conv2d"
  std::string shape;  // for people
  std::int64_t operation_bytes = 0;
  std::int64_t declared_bytes = 0;
  std::int64_t measured_bytes = 0;
};
struct Calibration {
  CalibrationKey key;
  WorkspaceTerms terms;
  std::vector<OpMeasurement> measurements;
  // "conv2d 128 to 128, ...": operations that did not fit into memory.
  std::vector<std::string> left_out;
  // Only a complete calibration is worth keeping.
  [[nodiscard]] bool is_complete() const { return left_out.empty(); }
};

// Measures `work`, one operation `op` ("linear", ...); by default measure_work().
using MeasureOp = std::function<WorkUse(std::string_view op, const std::function<void()>& work)>;

// Runs each operation that has a workspace for a fixed list of shapes, and finds what must be
// added to the declared workspaces so that no prediction is too small. On the CPU nothing is added
// as long as the declared amounts are right. GPUs use the same code, but it has not been tried on
// one yet. Takes seconds and up to 2 GB; shapes that do not fit are left out. Throws
// Error{kInternal} when an operation fails, Error{kDevice} when the GPU failed.
[[nodiscard]] Calibration calibrate(const Device& device, NumberFormat dtype, int threads,
                                    const MeasureOp& measure = {});

}  // namespace headroom
