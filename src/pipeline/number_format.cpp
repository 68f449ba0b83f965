#include "number_format.h"

#include "headroom/core/error.h"

namespace headroom {

NumberFormats choose_formats(const std::string& wanted, const Device& device) {
  using c10::ScalarType;
  if (wanted == "auto") {
    if (device.is_cuda()) return {ScalarType::BFloat16, ScalarType::Float, "bf16"};
    return {ScalarType::Float, ScalarType::Float, "fp32"};
  }
  if (wanted == "fp32") return {ScalarType::Float, ScalarType::Float, "fp32"};
  if (wanted == "bf16") return {ScalarType::BFloat16, ScalarType::BFloat16, "bf16"};
  if (wanted == "fp16") return {ScalarType::Half, ScalarType::Float, "fp16"};
  throw Error(ErrorKind::kInvalidRequest,
              "number format \"" + wanted + "\" is not known; use auto, fp32, bf16 or fp16");
}

}  // namespace headroom
