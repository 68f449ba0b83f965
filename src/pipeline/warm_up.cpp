#include "warm_up.h"

#include "headroom/diffusion/noise.h"
#include "headroom/pipeline/text_to_image.h"

#include "numeric_checks.h"

#include <algorithm>

#include <ATen/ops/zeros.h>
#include <c10/core/InferenceMode.h>

namespace headroom {
namespace {

class Zeros final : public WeightSource {
 public:
  explicit Zeros(at::TensorOptions options) : options_(options) {}
  at::Tensor get(std::string_view, at::IntArrayRef shape) override {
    return at::zeros(shape, options_);
  }
  void read(std::string_view, const at::Tensor&) override {}
  at::Tensor gather_rows(std::string_view, std::span<const std::int32_t> ids, std::int64_t,
                         std::int64_t width) override {
    return at::zeros({static_cast<std::int64_t>(ids.size()), width}, options_);
  }
  [[nodiscard]] at::TensorOptions options() const override { return options_; }

 private:
  at::TensorOptions options_;
};

// The same network with few layers, heads and channels. Heads keep their width, since attention
// kernels are specific to it.
ModelFolder small(ModelFolder model) {
  TextEncoderConfig& text = model.text_encoder;
  text.num_attention_heads /= text.num_key_value_heads;
  text.num_key_value_heads = 1;
  text.num_hidden_layers = 2;  // one of them is run
  text.hidden_size = std::min(text.hidden_size, 256);
  text.intermediate_size = std::min(text.intermediate_size, 512);
  TransformerConfig& transformer = model.transformer;
  transformer.dim = transformer.head_dim() * std::min(transformer.n_heads, 2);
  transformer.n_heads = std::min(transformer.n_heads, 2);
  transformer.ffn_width = 0;
  transformer.n_layers = 1;
  transformer.n_refiner_layers = 1;
  transformer.cap_feat_dim = text.hidden_size;
  VaeConfig& vae = model.vae;
  vae.layers_per_block = 1;
  for (int& channels : vae.block_out_channels) {
    // Attention in the middle uses another kernel above 256 channels.
    const int most = &channels == &vae.block_out_channels.back() ? 288 : 64;
    channels = std::min(channels, std::max(1, most / vae.norm_num_groups) * vae.norm_num_groups);
  }
  return model;
}

void add_update(const at::TensorOptions& options) {
  const auto zeros = [&](std::int64_t rows, std::int64_t columns) {
    return at::zeros({rows, columns}, options);
  };
  const LinearUpdate update{zeros(16, 64), zeros(16, 64), {{zeros(8, 8), zeros(8, 8)}}};
  update.add_to(zeros(32, 64), zeros(32, 64));
}

}  // namespace

void warm_up(const ModelFolder& model, const RunFormats& formats, const at::Device& device,
             bool with_loras) {
  const c10::InferenceMode inference;
  if (with_loras) add_update(at::TensorOptions(device).dtype(formats.networks));
  const ModelFolder tiny = small(model);
  Zeros networks(at::TensorOptions(device).dtype(formats.networks));
  Zeros vae(at::TensorOptions(device).dtype(formats.vae));
  Zeros host_vae(at::TensorOptions(at::kCPU).dtype(formats.vae));
  TextToImage run(tiny, formats, {networks, networks, vae, host_vae}, /*background=*/false);
  GenerationRequest request;
  request.width = request.height = 4 * tiny.vae.scale() * tiny.transformer.patch_size;
  request.steps = 1;
  request.guidance_scale = 4;  // to run both branches and what joins them
  constexpr std::size_t kTokens = 8;
  const PromptIds ids{std::vector<std::int32_t>(kTokens, 0), std::vector<std::int32_t>(kTokens, 0)};
  run.prepare({});
  const TextToImage::Features features = run.encode(ids, {});
  static_cast<void>(run.encode_image(
      at::zeros({request.height, request.width, 3}, at::TensorOptions(device).dtype(at::kByte)),
      {}));
  std::vector<std::int64_t> shape = run.latent_shape(request);
  shape.insert(shape.begin(), 1);
  Sampling sampling{draw_noise(0, shape).to(device).squeeze(0)};
  run.denoise(sampling, features, request, {});
  static_cast<void>(is_finite(sampling.latents));
  static_cast<void>(run.decode(sampling.latents, {}).to(at::kCPU));
}

}  // namespace headroom
