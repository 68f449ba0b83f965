#include "headroom/pipeline/run_formats.h"

#include "headroom/core/error.h"
#include "headroom/pipeline/make_generator.h"

#include <algorithm>

namespace headroom {

namespace {

RunFormats bfloat16(const Device& device, c10::ScalarType vae) {
  using c10::ScalarType;
  if (!device.backend->computes_bfloat16()) {
    throw Error(ErrorKind::kInvalidRequest,
                say("bf16 needs a card of compute capability 8.0 (RTX 30 or newer), and {0} has "
                    "{1}; use auto or fp16",
                    device.name, device.backend->generation()));
  }
  if (!device.backend->convolves_bfloat16()) vae = ScalarType::Float;
  return {ScalarType::BFloat16, vae, vae == ScalarType::Float ? "bf16+vae32" : "bf16"};
}

RunFormats float16() { return {c10::ScalarType::Half, c10::ScalarType::Float, "fp16"}; }

RunFormats quantized(const Device& device, const char* name, WeightStorage storage) {
  if (!device.backend->computes_bfloat16()) {
    return {c10::ScalarType::Half, c10::ScalarType::Float, name, storage, storage};
  }
  return {c10::ScalarType::BFloat16, c10::ScalarType::BFloat16, name, storage, storage};
}

}  // namespace

RunFormats choose_formats(const std::string& wanted, const Device& device) {
  using c10::ScalarType;
  if (wanted == "auto") {
    const std::string usual = device.backend->usual_format();
    return usual == "bf16" ? bfloat16(device, ScalarType::Float) : choose_formats(usual, device);
  }
  if (wanted == "fp32") return {ScalarType::Float, ScalarType::Float, "fp32"};
  if (wanted == "bf16") return bfloat16(device, ScalarType::BFloat16);
  if (wanted == "fp16") return float16();
  if (wanted == "int8") {
    if (device.backend->has_own_memory()) return quantized(device, "int8", WeightStorage::kQ8_0);
    return {ScalarType::Float, ScalarType::Float, "int8", WeightStorage::kInt8,
            WeightStorage::kInt8};
  }
  if (wanted == "q4") return quantized(device, "q4", WeightStorage::kQ4);
  throw Error(ErrorKind::kInvalidRequest,
              say("number format \"{0}\" is not known; use auto, fp32, bf16, fp16 or int8, or q4 "
                  "to plan with",
                  wanted));
}

std::optional<std::string> safer_format(const std::string& name, const Device& device) {
  if (name == "fp16") return device.backend->computes_bfloat16() ? "bf16" : "fp32";
  if (name == "bf16" || name == "bf16+vae32") return "fp32";
  return std::nullopt;
}

bool can_run(const std::string& dtype, const Device& device) {
  try {
    check_can_run(dtype, device);
    (void)choose_formats(dtype, device);
    return true;
  } catch (const Error&) {
    return false;
  }
}

std::string format_name(const std::string& dtype, const Device& device) {
  return choose_formats(dtype, device).name;
}

void check_can_run(const std::string& dtype, const Device& device) {
  const bool runs = dtype == "int8" ? !device.backend->has_own_memory() : dtype != "q4";
  if (runs) return;
  throw Error(ErrorKind::kInvalidRequest,
              say("number format \"{0}\" can be planned for {1} already (headroom plan, headroom "
                  "frontier) but not run on it yet; run with {2}",
                  dtype, device.name,
                  device.backend->computes_bfloat16() ? say("auto, fp32, bf16 or fp16")
                                                      : say("auto, fp32 or fp16")));
}

}  // namespace headroom
