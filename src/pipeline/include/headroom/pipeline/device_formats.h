#pragma once
#include "headroom/core/number_format.h"
#include "headroom/device/device.h"

#include <string>

namespace headroom {

// Throws Error{kInvalidRequest} when `dtype` can be planned but not yet run on the device.
void check_can_run(NumberFormat dtype, const Device& device);

// Whether the device can run in the number format `dtype`.
[[nodiscard]] bool can_run(NumberFormat dtype, const Device& device);
// The name of the resulting format in run records: "fp32", "bf16+vae32". Throws
// Error{kInvalidRequest} if the device does not have it.
[[nodiscard]] std::string format_name(NumberFormat dtype, const Device& device);

}  // namespace headroom
