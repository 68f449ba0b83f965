#pragma once
#include "headroom/model/upscale_network.h"
#include "headroom/model/vae_layers.h"

#include <array>
#include <vector>

namespace headroom {

// RRDBNet, the generator of ESRGAN (Wang et al. 2018) and Real-ESRGAN (Wang et al. 2021), as in
// basicsr's rrdbnet_arch.py: a convolution, residual-in-residual dense blocks (the trunk), then
// doublings by nearest neighbour with a convolution each. Its stages: the first convolution, each
// block, the trunk's last convolution, and everything after the trunk.
class RrdbNet final : public UpscaleNetwork {
 public:
  RrdbNet(const UpscalerConfig& config, WeightSource& weights);
  [[nodiscard]] at::Tensor run(std::size_t stage, at::Tensor x, at::Tensor beside) const override;

 private:
  static constexpr std::size_t kDenseLayers = 5;
  using DenseBlock = std::array<VaeConv, kDenseLayers>;
  using Block = std::array<DenseBlock, 3>;

  static at::Tensor run_dense(const DenseBlock& dense, at::Tensor x);
  static at::Tensor run_block(const Block& block, at::Tensor x);
  [[nodiscard]] at::Tensor run_tail(at::Tensor x) const;

  VaeConv conv_first_, conv_body_, conv_hr_, conv_last_;
  std::vector<Block> blocks_;
  std::vector<VaeConv> doublings_;
};

}  // namespace headroom
