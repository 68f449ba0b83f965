#include "preview.h"

#include <algorithm>
#include <cmath>
#include <fstream>

#include <nlohmann/json.hpp>

namespace headroom {

std::optional<LatentPreview> LatentPreview::load(const std::filesystem::path& model_root,
                                                 int channels) {
  std::ifstream in(model_root / "preview.json");
  const auto json = nlohmann::json::parse(in, nullptr, /*allow_exceptions=*/false);
  LatentPreview preview;
  try {
    preview.weights_ = json.at("weights").get<std::vector<std::array<float, 3>>>();
    preview.bias_ = json.at("bias").get<std::array<float, 3>>();
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
  if (preview.weights_.size() != static_cast<std::size_t>(channels)) return std::nullopt;
  return preview;
}

std::optional<LatentPreview> LatentPreview::of_model(const std::filesystem::path& model_root,
                                                     const VaeConfig& vae) {
  if (std::optional<LatentPreview> own = load(model_root, vae.latent_channels)) return own;
  const VaeConfig flux;  // whose defaults are FLUX.1's
  if (vae.latent_channels != flux.latent_channels || vae.scaling_factor != flux.scaling_factor ||
      vae.shift_factor != flux.shift_factor) {
    return std::nullopt;
  }
  // Published for colours in -1..1, as ComfyUI's and other programs' previews of FLUX.1 use them;
  // here for 0..1.
  LatentPreview preview;
  preview.weights_ = {{-0.0173F, 0.0122F, 0.03405F},
                      {0.0017F, 0.0105F, 0.03435F},
                      {0.01375F, -0.0334F, -0.02165F},
                      {-0.0087F, 0.008F, 0.03085F},
                      {0.04295F, 0.03605F, 0.01645F},
                      {0.0002F, 0.01915F, 0.00575F},
                      {0.02025F, 0.04305F, 0.04575F},
                      {-0.0118F, -0.00925F, -0.01295F},
                      {-0.01225F, 0.0125F, 0.059F},
                      {0.0504F, 0.03775F, -0.02105F},
                      {-0.02575F, 0.01005F, 0.00055F},
                      {0.0214F, -0.0006F, -0.0018F},
                      {0.04085F, 0.03825F, 0.03745F},
                      {-0.0632F, -0.0261F, -0.05515F},
                      {-0.014F, -0.04405F, -0.02495F},
                      {-0.0631F, -0.0491F, -0.0389F}};
  preview.bias_ = {0.48355F, 0.46410F, 0.45745F};
  return preview;
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
