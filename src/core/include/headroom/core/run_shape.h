#pragma once
#include "headroom/core/size.h"
#include "headroom/core/stage.h"

#include <algorithm>
#include <compare>
#include <cstdint>

namespace headroom {

// What a picture is made from.
enum class StartFrom : std::uint8_t {
  kNoise,
  kImage,        // another picture, to which noise is added
  kMaskedImage,  // likewise, but only a part is painted anew and the rest is kept
  kSampled,      // the final latents of an earlier run: only decoding is left
  kFinished      // a finished picture, which is only enlarged
};

// What the memory and the seconds of one picture depend on, besides model, device and plan.
// Forecasts are asked for it, and its comparison is the key of what is cached about them. The
// prompt's words, the seed and the strength of guidance make no difference; nor do previews, which
// are drawn on the host.
struct RunShape {
  int width = 0;   // px, multiple of the model's size unit
  int height = 0;  // px, likewise
  int steps = 0;   // denoising steps that are done, 1..1000; kSampled, kFinished: 1, none is done
  int guided_steps = 0;     // how many of the first steps run both branches; 0..steps
  int prompt_tokens = 0;    // tokens that the text encoder reads, template included
  int negative_tokens = 0;  // likewise; 0 without guidance
  StartFrom start = StartFrom::kNoise;
  friend auto operator<=>(const RunShape&, const RunShape&) = default;
};

// Whether such a run goes through `stage`.
[[nodiscard]] constexpr bool has_stage(const RunShape& shape, Stage stage) {
  switch (kStages[index_of(stage)].runs_with) {
    case RunsWith::kEveryRun:
      break;
    case RunsWith::kModel:
      return shape.start != StartFrom::kFinished;
    case RunsWith::kSteps:
      return shape.start != StartFrom::kSampled && shape.start != StartFrom::kFinished;
    case RunsWith::kPictureStart:
      return shape.start == StartFrom::kImage || shape.start == StartFrom::kMaskedImage;
    case RunsWith::kUpscaler:
      return shape.start == StartFrom::kFinished;
  }
  return true;
}

// The shape of a run that differs only in its size.
[[nodiscard]] constexpr RunShape with_size(RunShape shape, Size size) {
  shape.width = size.width;
  shape.height = size.height;
  return shape;
}

// The shape of the same run when only its last `left` steps, at least one, are still to be done.
[[nodiscard]] constexpr RunShape with_steps_left(RunShape shape, int left) {
  const int done = shape.steps - std::max(1, left);
  shape.steps -= done;
  shape.guided_steps = std::max(0, shape.guided_steps - done);
  return shape;
}

}  // namespace headroom
