#include "latent_preview.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <utility>

#include <nlohmann/json.hpp>

namespace headroom {

std::optional<LatentPreview> LatentPreview::load(const std::filesystem::path& model_root,
                                                 int channels) {
  std::ifstream in(model_root / "preview.json");
  const auto json = nlohmann::json::parse(in, nullptr, /*allow_exceptions=*/false);
  try {
    auto weights = json.at("weights").get<std::vector<std::array<float, 3>>>();
    if (weights.size() != static_cast<std::size_t>(channels)) return std::nullopt;
    return LatentPreview(std::move(weights), json.at("bias").get<std::array<float, 3>>());
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

std::shared_ptr<const Image> LatentPreview::draw(const at::Tensor& latents) const {
  const at::Tensor host = latents.to(at::kCPU).contiguous();
  const auto* const values = host.const_data_ptr<float>();
  auto image = std::make_shared<Image>();
  image->height = static_cast<int>(host.size(1));
  image->width = static_cast<int>(host.size(2));
  const auto pixels = static_cast<std::size_t>(host.size(1) * host.size(2));
  image->rgb.resize(3 * pixels);
  for (std::size_t i = 0; i < pixels; ++i) {
    for (std::size_t colour = 0; colour < 3; ++colour) {
      float sum = bias_[colour];
      for (std::size_t c = 0; c < weights_.size(); ++c)
        sum += weights_[c][colour] * values[c * pixels + i];
      image->rgb[3 * i + colour] =
          static_cast<std::uint8_t>(std::lround(std::clamp(sum, 0.0F, 1.0F) * 255.0F));
    }
  }
  return image;
}

}  // namespace headroom
