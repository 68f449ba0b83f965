#pragma once
#include "headroom/core/finish.h"
#include "headroom/engine/generation_queue.h"

#include <cstddef>
#include <optional>
#include <vector>

namespace headroom {

// How pictures are to be finished, as it was chosen last.
struct FinishChoice {
  std::optional<FinishSize> size = FinishSize(Times{2});  // nothing: the largest that fits
  bool refines = true;                                    // else from the same seed
  double strength = kDefaultRefineStrength;               // stays while it does not

  [[nodiscard]] FinishMethod method() const;
};

// A size that a picture can be finished at.
struct FinishTarget {
  FinishSize wanted;
  Size size;
};

// Those to choose from: 1.5 and 2 times its sides, and 1024 px for the longer one, as far as these
// are larger than the picture and not the same; smallest first. `unit`: of the model's sizes, px.
[[nodiscard]] std::vector<FinishTarget> finish_targets(Size picture, int unit);

// Where among them the choice is; nothing where none is of that size, or the largest that fits is
// chosen.
[[nodiscard]] std::optional<std::size_t> chosen_target(const std::vector<FinishTarget>& targets,
                                                       Size picture, int unit,
                                                       const FinishChoice& choice);

// Among these the largest that fits is looked for: 1.25 to 4 times the picture's sides, smallest
// first.
[[nodiscard]] std::vector<Size> larger_sizes(Size picture, int unit);

// The request that finishes `picture`; see finish_request().
[[nodiscard]] GenerationRequest finish_of(const FinishedPicture& picture,
                                          const FinishMethod& method, Size size,
                                          InitImage::File file = {}, Image enlarged = {});

}  // namespace headroom
