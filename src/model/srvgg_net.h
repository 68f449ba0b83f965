#pragma once
#include "headroom/model/upscale_network.h"
#include "headroom/model/vae_layers.h"

#include <vector>

namespace headroom {

// SRVGGNetCompact of Real-ESRGAN (srvgg_arch.py): convolutions with parametric ReLUs at the
// picture's own size, then a pixel shuffle, to which the picture enlarged by nearest neighbour is
// added. Each stage is a few layers.
class SrvggNet final : public UpscaleNetwork {
 public:
  SrvggNet(const UpscalerConfig& config, WeightSource& weights);
  [[nodiscard]] at::Tensor run(std::size_t stage, at::Tensor x, at::Tensor beside) const override;

 private:
  struct Layer {
    VaeConv conv;
    at::Tensor slopes;  // [C] of the parametric ReLU after it; undefined after the last
  };
  std::int64_t scale_;
  std::vector<Layer> layers_;
};

}  // namespace headroom
