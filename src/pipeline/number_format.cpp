#include "number_format.h"

#include "headroom/core/error.h"
#include "headroom/device/workspace.h"
#include "headroom/pipeline/make_generator.h"

namespace headroom {

NumberFormats choose_formats(const std::string& wanted, const Device& device) {
  using c10::ScalarType;
  if (wanted == "auto") {
    if (device.is_cuda()) return {ScalarType::BFloat16, ScalarType::Float, "bf16"};
    return {ScalarType::Float, ScalarType::Float, "fp32"};
  }
  if (wanted == "fp32") return {ScalarType::Float, ScalarType::Float, "fp32"};
  if (wanted == "bf16") {
    // Without AVX-512 the CPU's library has no convolution in bfloat16.
    const bool convolves = device.is_cuda() || workspace::cpu_convolves_bfloat16();
    return {ScalarType::BFloat16, convolves ? ScalarType::BFloat16 : ScalarType::Float, "bf16"};
  }
  if (wanted == "fp16") return {ScalarType::Half, ScalarType::Float, "fp16"};
  if (wanted == "int8") {
    return {ScalarType::BFloat16, ScalarType::BFloat16, "int8", WeightStorage::kInt8};
  }
  if (wanted == "q4") {
    return {ScalarType::BFloat16, ScalarType::BFloat16, "q4", WeightStorage::kQ4};
  }
  throw Error(ErrorKind::kInvalidRequest,
              "number format \"" + wanted +
                  "\" is not known; use auto, fp32, bf16 or fp16, or int8 or q4 to plan with");
}

void check_can_run(const std::string& dtype) {
  if (dtype != "int8" && dtype != "q4") return;
  throw Error(ErrorKind::kInvalidRequest,
              "number format \"" + dtype +
                  "\" can be planned already (headroom plan, headroom frontier) but not run yet; "
                  "run with auto, fp32, bf16 or fp16");
}

}  // namespace headroom
