#include "number_format.h"

#include "headroom/core/error.h"
#include "headroom/device/workspace.h"
#include "headroom/pipeline/make_generator.h"

namespace headroom {

namespace {

// Tensor cores from 8.0 on multiply bfloat16. Before, products are emulated and fused attention and
// convolutions are missing.
constexpr int kFirstWithBFloat16 = 80;

bool lacks_bfloat16(const Device& device) {
  return device.compute_capability > 0 && device.compute_capability < kFirstWithBFloat16;
}

std::string capability_text(int capability) {
  return std::to_string(capability / 10) + "." + std::to_string(capability % 10);
}

NumberFormats bfloat16(const Device& device, c10::ScalarType vae) {
  using c10::ScalarType;
  if (lacks_bfloat16(device)) {
    throw Error(ErrorKind::kInvalidRequest,
                "bf16 needs a card of compute capability 8.0 (RTX 30 or newer), and " +
                    device.name + " has " + capability_text(device.compute_capability) +
                    "; use auto or fp16");
  }
  // Without AVX-512 the CPU's library has no convolution in bfloat16.
  if (!device.is_cuda() && !workspace::cpu_convolves_bfloat16()) vae = ScalarType::Float;
  return {ScalarType::BFloat16, vae, vae == ScalarType::Float ? "bf16+vae32" : "bf16"};
}

NumberFormats float16() { return {c10::ScalarType::Half, c10::ScalarType::Float, "fp16"}; }

NumberFormats quantised(const Device& device, const char* name, WeightStorage storage) {
  if (lacks_bfloat16(device)) {
    return {c10::ScalarType::Half, c10::ScalarType::Float, name, storage};
  }
  return {c10::ScalarType::BFloat16, c10::ScalarType::BFloat16, name, storage};
}

}  // namespace

NumberFormats choose_formats(const std::string& wanted, const Device& device) {
  using c10::ScalarType;
  const NumberFormats float32{ScalarType::Float, ScalarType::Float, "fp32"};
  if (wanted == "auto") {
    if (!device.is_cuda()) return float32;
    return lacks_bfloat16(device) ? float16() : bfloat16(device, ScalarType::Float);
  }
  if (wanted == "fp32") return float32;
  if (wanted == "bf16") return bfloat16(device, ScalarType::BFloat16);
  if (wanted == "fp16") return float16();
  if (wanted == "int8") return quantised(device, "int8", WeightStorage::kInt8);
  if (wanted == "q4") return quantised(device, "q4", WeightStorage::kQ4);
  throw Error(ErrorKind::kInvalidRequest,
              "number format \"" + wanted +
                  "\" is not known; use auto, fp32, bf16 or fp16, or int8 or q4 to plan with");
}

std::optional<std::string> safer_format(const std::string& name, const Device& device) {
  if (name == "fp16") return lacks_bfloat16(device) ? "fp32" : "bf16";
  if (name == "bf16" || name == "bf16+vae32") return "fp32";
  return std::nullopt;
}

void check_can_run(const std::string& dtype) {
  if (dtype != "int8" && dtype != "q4") return;
  throw Error(ErrorKind::kInvalidRequest,
              "number format \"" + dtype +
                  "\" can be planned already (headroom plan, headroom frontier) but not run yet; "
                  "run with auto, fp32, bf16 or fp16");
}

}  // namespace headroom
