#include "headroom/pipeline/device_formats.h"

#include "headroom/core/error.h"
#include "headroom/pipeline/run_formats.h"

namespace headroom {

bool can_run(NumberFormat dtype, const Device& device) {
  try {
    check_can_run(dtype, device);
    (void)choose_formats(dtype, device);
    return true;
  } catch (const Error&) {
    return false;
  }
}

std::string format_name(NumberFormat dtype, const Device& device) {
  return choose_formats(dtype, device).name;
}

void check_can_run(NumberFormat dtype, const Device& device) {
  const bool runs =
      dtype == NumberFormat::kInt8 ? !device.backend->has_own_memory() : dtype != NumberFormat::kQ4;
  if (runs) return;
  throw Error(ErrorKind::kInvalidRequest,
              say("number format \"{0}\" can be planned for {1} already (headroom plan, headroom "
                  "frontier) but not run on it yet; run with {2}",
                  name_of(dtype), device.name,
                  device.backend->computes_bfloat16() ? say("auto, fp32, bf16 or fp16")
                                                      : say("auto, fp32 or fp16")));
}

}  // namespace headroom
