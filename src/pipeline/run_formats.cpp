#include "headroom/pipeline/run_formats.h"

#include "headroom/core/error.h"

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

RunFormats choose_formats(NumberFormat wanted, const Device& device) {
  using c10::ScalarType;
  switch (wanted) {
    case NumberFormat::kAuto: {
      const NumberFormat usual = device.backend->usual_format();
      return usual == NumberFormat::kBfloat16 ? bfloat16(device, ScalarType::Float)
                                              : choose_formats(usual, device);
    }
    case NumberFormat::kFloat32:
      return {ScalarType::Float, ScalarType::Float, "fp32"};
    case NumberFormat::kBfloat16:
      return bfloat16(device, ScalarType::BFloat16);
    case NumberFormat::kFloat16:
      return float16();
    case NumberFormat::kInt8:
      if (device.backend->has_own_memory()) return quantized(device, "int8", WeightStorage::kQ8_0);
      return {ScalarType::Float, ScalarType::Float, "int8", WeightStorage::kInt8,
              WeightStorage::kInt8};
    case NumberFormat::kQ4:
      return quantized(device, "q4", WeightStorage::kQ4);
  }
  return {};
}

std::optional<NumberFormat> safer_format(const RunFormats& formats, const Device& device) {
  if (!(formats.transformer == LayerStorage{})) return std::nullopt;
  if (formats.networks == c10::ScalarType::Half) {
    return device.backend->computes_bfloat16() ? NumberFormat::kBfloat16 : NumberFormat::kFloat32;
  }
  if (formats.networks == c10::ScalarType::BFloat16) return NumberFormat::kFloat32;
  return std::nullopt;
}

}  // namespace headroom
