#pragma once
#include "headroom/core/image.h"

#include <array>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <ATen/core/TensorBody.h>

namespace headroom {

// A linear map from latents to colours, fitted for one VAE: shows what a picture is going to be,
// one pixel per latent, without running the decoder.
class LatentPreview {
 public:
  // [r, g, b] for each channel, and a bias; colours in 0..1.
  LatentPreview(std::vector<std::array<float, 3>> weights, std::array<float, 3> bias)
      : weights_(std::move(weights)), bias_(bias) {}
  // Reads preview.json of a model folder: {"weights": [[r, g, b], ... per channel], "bias": [r, g,
  // b]}. Nothing when the file is missing or does not fit `channels`.
  [[nodiscard]] static std::optional<LatentPreview> load(const std::filesystem::path& model_root,
                                                         int channels);
  // latents [C, h, w] -> h x w picture
  [[nodiscard]] std::shared_ptr<const Image> draw(const at::Tensor& latents) const;

 private:
  std::vector<std::array<float, 3>> weights_;
  std::array<float, 3> bias_{};
};

}  // namespace headroom
