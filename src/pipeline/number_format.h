#pragma once
#include "headroom/device/device.h"

#include <string>

#include <c10/core/ScalarType.h>

namespace headroom {

// Number formats of a run. The VAE follows the vendor's own pipeline, which keeps it in float32
// unless told otherwise, and is never float16, in which it overflows.
struct NumberFormats {
  c10::ScalarType networks = c10::ScalarType::Float;
  c10::ScalarType vae = c10::ScalarType::Float;
  std::string name;  // of `networks`: "fp32", "bf16", "fp16"
};

// `wanted`: auto | fp32 | bf16 | fp16. Throws Error{kInvalidRequest} for anything else.
[[nodiscard]] NumberFormats choose_formats(const std::string& wanted, const Device& device);

}  // namespace headroom
