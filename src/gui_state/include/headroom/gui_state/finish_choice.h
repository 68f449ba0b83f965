#pragma once
#include "headroom/core/finish.h"
#include "headroom/engine/generation_queue.h"

#include <cstddef>
#include <optional>
#include <vector>

namespace headroom {

// The last choice of how to finish pictures.
struct FinishChoice {
  std::optional<FinishSize> size = FinishSize(Times{2});  // nothing: the largest that fits
  bool refines = true;                                    // else the same seed at the larger size
  bool upscales = false;                                  // neither, but by the chosen upscaler
  double strength = ModelInfo().refine_strength;          // kept while `refines` is false

  [[nodiscard]] FinishMethod method() const;
};

// A size at which a picture can be finished.
struct FinishTarget {
  FinishSize wanted;
  Size size;
};

// The sizes to choose from: 1.5 and 2 times the picture's sides, and 1024 px for the longer side;
// only those that are larger than the picture and differ from each other, smallest first. `unit`:
// of the model's sizes, px.
[[nodiscard]] std::vector<FinishTarget> finish_targets(Size picture, int unit);

// The same for an upscaler: 2 to `most` times the picture's sides.
[[nodiscard]] std::vector<FinishTarget> upscaled_targets(Size picture, int most);

// Index of the chosen size in `targets`; nothing if none has that size, or if the largest that
// fits is chosen.
[[nodiscard]] std::optional<std::size_t> chosen_target(const std::vector<FinishTarget>& targets,
                                                       Size picture, int unit,
                                                       const FinishChoice& choice);

// Candidates for the largest size that fits: 1.25 to 4 times the picture's sides, smallest first.
[[nodiscard]] std::vector<Size> larger_sizes(Size picture, int unit);

// The request that finishes `picture`; see finish_request().
[[nodiscard]] GenerationRequest finish_of(const FinishedPicture& picture,
                                          const FinishMethod& method, Size size,
                                          InitImage::File file = {}, Image enlarged = {});

}  // namespace headroom
