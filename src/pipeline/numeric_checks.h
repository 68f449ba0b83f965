#pragma once
#include "headroom/core/image.h"
#include "headroom/core/message.h"

#include <string>

#include <ATen/core/TensorBody.h>

namespace headroom {

// Whether no value is infinite or NaN.
[[nodiscard]] bool is_finite(const at::Tensor& values);

// Whether nearly all pixels are equal in each channel, ignoring the border: the result, clamped to
// 0..255, of an overflow inside the decoder or of a decoder without weights.
[[nodiscard]] bool is_one_colour(const Image& image);

// Thrown by a run whose numbers went wrong in picture `image_index`. Not an Error yet, since a
// safer number format may help.
struct NumericalFailure {
  int image_index = 0;
  Message what;  // a clause: "the latents are not finite after step 3 of 8 (overflow)"
};

}  // namespace headroom
