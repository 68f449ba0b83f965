#pragma once
#include "headroom/core/image.h"
#include "headroom/core/message.h"

#include <string>

#include <ATen/core/TensorBody.h>

namespace headroom {

// Neither infinite nor not-a-number anywhere.
[[nodiscard]] bool is_finite(const at::Tensor& values);

// Hardly any pixel differs from the others in any channel, whatever the border looks like: what an
// overflow inside of the decoder, or a decoder without weights, gives once it is clamped to 0..255.
[[nodiscard]] bool is_one_colour(const Image& image);

// Thrown by a run whose numbers went wrong in picture `image_index`; not an error yet, since a
// safer number format may do.
struct NumericalFailure {
  int image_index = 0;
  Message what;  // a clause: "the latents are not finite after step 3 of 8 (overflow)"
};

}  // namespace headroom
