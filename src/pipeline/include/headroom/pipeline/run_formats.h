#pragma once
#include "headroom/core/number_format.h"
#include "headroom/device/device.h"
#include "headroom/pipeline/weight_storage.h"

#include <optional>
#include <string>

#include <c10/core/ScalarType.h>

namespace headroom {

// Number formats of a run. As in the vendor's own pipeline, the VAE is in float32 by default; it
// is never in float16, where it overflows.
struct RunFormats {
  c10::ScalarType networks = c10::ScalarType::Float;
  c10::ScalarType vae = c10::ScalarType::Float;
  // In run records and keys: "fp32", "bf16", "bf16+vae32", "fp16" (whose decoder is always
  // float32), "int8", "q4".
  std::string name;
  LayerStorage text_encoder{};
  LayerStorage transformer{};
};

// int8 and q4 compute in bfloat16; int8 on the CPU in float32. kAuto is float32 on the CPU. On a
// GPU it is bfloat16, or float16 if the GPU has no bfloat16 (compute capability below 8.0), with
// the decoder in float32. Throws Error{kInvalidRequest} for bfloat16 on a GPU without it.
[[nodiscard]] RunFormats choose_formats(NumberFormat wanted, const Device& device);

// The format in which to repeat a picture that overflowed in `formats`; nothing if there is no
// safer one.
[[nodiscard]] std::optional<NumberFormat> safer_format(const RunFormats& formats,
                                                       const Device& device);

}  // namespace headroom
