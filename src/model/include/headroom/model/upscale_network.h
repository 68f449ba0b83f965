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

// A part of an upscaling network. A piece of its output depends only on the same piece of its
// input and the pixels around that, so the whole can be computed piece by piece without seams, if
// each piece comes with a margin. At the picture's edges zeros take the margin's place, as for the
// whole picture.
struct UpscaleStage {
  std::int64_t margin = 0;    // pixels of the input needed around a piece
  std::int64_t channels = 0;  // of the output
  std::int64_t scale = 1;     // output pixels per input pixel, along a side
  // Also takes the piece of an earlier plane: 0 is the picture, n the output of stage n-1; -1:
  // takes none.
  int beside = -1;
};

// An upscaling network as a sequence of stages; the last one's output is the enlarged picture. All
// other planes have the picture's size in cells: a cell is a pixel, or a block of 2x2 pixels for
// `unshuffle` 2. Immutable; used on one thread at a time.
class UpscaleNetwork {
 public:
  UpscaleNetwork() = default;
  virtual ~UpscaleNetwork() = default;
  UpscaleNetwork(const UpscaleNetwork&) = delete;
  UpscaleNetwork& operator=(const UpscaleNetwork&) = delete;

  [[nodiscard]] const std::vector<UpscaleStage>& stages() const { return stages_; }
  // x [1, C, h, w] channels-last, a piece of that stage's input; `beside` is the same piece of
  // another plane if the stage wants one -> [1, channels, scale h, scale w]. Releases tensors on
  // the way that nobody else holds.
  [[nodiscard]] virtual at::Tensor run(std::size_t stage, at::Tensor x,
                                       at::Tensor beside) const = 0;
  // All stages on a whole picture: x [1, 3 unshuffle^2, h, w] -> [1, 3, H, W], nominally in [0,
  // 1], not clamped. `between` is called before each stage and may throw to stop.
  [[nodiscard]] at::Tensor forward(at::Tensor x, const std::function<void()>& between = {}) const;

 protected:
  std::vector<UpscaleStage> stages_;
};

// Reads all weights of such a network, by the tensor names of Real-ESRGAN's code. Throws what the
// source throws.
[[nodiscard]] std::unique_ptr<UpscaleNetwork> load_upscale_network(const UpscalerConfig& config,
                                                                   WeightSource& weights);

}  // namespace headroom
