#pragma once
#include "headroom/core/upscaler_config.h"
#include "headroom/model/weight_source.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include <ATen/core/TensorBody.h>

namespace headroom {

// A stretch of an upscaling network. A piece of its result depends on the same piece of its input
// and the pixels around that, so the whole can be computed piece by piece, without seams, as long
// as each piece comes with its margin; at the edge of the picture zeros stand in its place, as for
// the whole.
struct UpscaleStage {
  std::int64_t margin = 0;    // pixels of the input around a piece
  std::int64_t channels = 0;  // of the result
  std::int64_t scale = 1;     // pixels of the result for one of the input, along a side
  int beside = -1;  // also takes the piece of an earlier plane: 0 is the picture, n the result of
                    // stage n-1; -1: of none
};

// An upscaling network as its stages, one after the other; the last one's result is the enlarged
// picture. All planes but that are of the picture's size in cells: pixels, or for `unshuffle` 2
// blocks of 2x2. Immutable; used on one thread at a time.
class UpscaleNetwork {
 public:
  UpscaleNetwork() = default;
  virtual ~UpscaleNetwork() = default;
  UpscaleNetwork(const UpscaleNetwork&) = delete;
  UpscaleNetwork& operator=(const UpscaleNetwork&) = delete;

  [[nodiscard]] const std::vector<UpscaleStage>& stages() const { return stages_; }
  // x [1, C, h, w] channels-last, a piece of that stage's input, and `beside` the same piece of
  // another plane where the stage wants one -> [1, channels, scale h, scale w]. What is no longer
  // held elsewhere is released on the way.
  [[nodiscard]] virtual at::Tensor run(std::size_t stage, at::Tensor x,
                                       at::Tensor beside) const = 0;
  // All stages on the whole: x [1, 3 unshuffle^2, h, w] -> [1, 3, H, W], nominally in [0, 1], not
  // clamped. `between` is called before each stage and may throw to stop.
  [[nodiscard]] at::Tensor forward(at::Tensor x, const std::function<void()>& between = {}) const;

 protected:
  std::vector<UpscaleStage> stages_;
};

// Reads all weights of such a network, by the names of Real-ESRGAN's code.
[[nodiscard]] std::unique_ptr<UpscaleNetwork> load_upscale_network(const UpscalerConfig& config,
                                                                   WeightSource& weights);

}  // namespace headroom
