#include "text_to_image.h"

#include "headroom/diffusion/euler.h"
#include "headroom/diffusion/guidance.h"
#include "headroom/diffusion/schedule.h"

#include <string>
#include <utility>

#include <ATen/ops/div.h>

namespace headroom {

bool is_guided(const GenerationRequest& request) { return request.guidance_scale > 0; }

TextToImage::TextToImage(const ModelFolder& model, NumberFormats formats, NetworkWeights weights)
    : model_(model),
      formats_(std::move(formats)),
      text_encoder_(model.text_encoder, weights.text_encoder),
      transformer_(model.transformer, weights.transformer),
      vae_(model.vae, weights.vae) {}

TextToImage::Features TextToImage::encode(const PromptIds& ids, WeightSource& text_weights,
                                          const RunHooks& hooks) const {
  const auto run = [&](const std::vector<std::int32_t>& tokens) {
    return text_encoder_.forward(tokens, text_weights, [&](int, const at::Tensor&) {
      if (hooks.check) hooks.check();
    });
  };
  Features features;
  features.cond = run(ids.positive);
  if (!ids.negative.empty()) features.uncond = run(ids.negative);
  if (hooks.trace) {
    hooks.trace("cond", features.cond);
    if (features.uncond.defined()) hooks.trace("uncond", features.uncond);
  }
  return features;
}

std::vector<std::int64_t> TextToImage::latent_shape(const GenerationRequest& request) const {
  const std::int64_t scale = model_.vae.scale();
  return {model_.vae.latent_channels, request.height / scale, request.width / scale};
}

TextToImage::Captions TextToImage::embed(const Features& features,
                                         const GenerationRequest& request) const {
  const std::vector<std::int64_t> shape = latent_shape(request);
  Captions captions;
  captions.cond = transformer_.embed_caption(features.cond, shape[1], shape[2]);
  if (features.uncond.defined()) {
    captions.uncond = transformer_.embed_caption(features.uncond, shape[1], shape[2]);
  }
  return captions;
}

at::Tensor TextToImage::denoise(at::Tensor noise, const Captions& captions,
                                const GenerationRequest& request, const RunHooks& hooks) const {
  const std::vector<float> sigmas =
      flow_match_sigmas(request.steps, request.shift.value_or(model_.scheduler.shift));
  if (hooks.trace) hooks.trace("latents.0", noise);
  const Predict predict = [&](const at::Tensor& latents, float sigma) {
    const float tau = model_time(sigma);
    at::Tensor pos = transformer_.forward(latents, tau, captions.cond, hooks.check);
    if (!captions.uncond.tokens.defined() ||
        !is_guided(request.guidance_scale, request.cfg_truncation, tau)) {
      return pos;
    }
    at::Tensor neg = transformer_.forward(latents, tau, captions.uncond, hooks.check);
    return guide(pos, std::move(neg), request.guidance_scale, request.cfg_normalization);
  };
  const OnStep on_step = [&](int step, const at::Tensor& latents, const at::Tensor& clean) {
    if (hooks.trace) hooks.trace("latents." + std::to_string(step), latents);
    if (hooks.on_clean) hooks.on_clean(clean);
    if (hooks.on_step) hooks.on_step(step, request.steps);
  };
  return integrate_euler(std::move(noise), sigmas, predict, on_step);
}

at::Tensor TextToImage::decode(const at::Tensor& latents, const RunHooks& hooks) const {
  const at::Tensor z = at::div(latents, model_.vae.scaling_factor)
                           .add_(model_.vae.shift_factor)
                           .to(formats_.vae);
  at::Tensor picture = vae_.forward(z, hooks.check).to(at::kFloat);  // [3, H, W], channels-last memory
  if (hooks.trace) hooks.trace("decoded", picture.unsqueeze(0));
  picture.mul_(0.5).add_(0.5).clamp_(0, 1).mul_(255).round_();
  return picture.permute({1, 2, 0}).to(at::kByte).contiguous();
}

}  // namespace headroom
