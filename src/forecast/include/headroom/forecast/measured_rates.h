#pragma once
#include "headroom/core/number_format.h"
#include "headroom/device/device.h"
#include "headroom/memory/device_rates.h"

#include <string>

namespace headroom {

// What rates are valid for.
struct RatesKey {
  std::string device;    // "CPU budget, AMD EPYC" or the GPU's name
  std::string libtorch;  // its version
  std::string program;   // this program's version
  std::string dtype;     // "fp32", "bf16", "fp16"
  int threads = 0;       // of the CPU; 0 for a GPU
  friend bool operator==(const RatesKey&, const RatesKey&) = default;
};
// The key for this device; `dtype` and `threads` as in PipelineOptions. Throws
// Error{kInvalidRequest} for an unknown format.
[[nodiscard]] RatesKey rates_key(const Device& device, NumberFormat dtype, int threads);

// Measures the device: takes at most a second on the CPU, half a second on a GPU, and 200 MB.
// Throws Error{kInternal} when an operation fails, Error{kDevice} when the GPU failed,
// Error{kOutOfMemory} when memory is short.
[[nodiscard]] DeviceRates measure_rates(const Device& device, NumberFormat dtype, int threads);

}  // namespace headroom
