#include "headroom/pipeline/text_to_image.h"

#include "headroom/device/memory_tag.h"
#include "headroom/diffusion/euler.h"
#include "headroom/diffusion/guidance.h"
#include "headroom/diffusion/schedule.h"

#include <span>
#include <string>
#include <utility>

#include <ATen/ops/div.h>
#include <ATen/ops/empty.h>

namespace headroom {
namespace {

// Tells a streamer's source which layer comes next.
auto layer_expecter(WeightSource& weights) {
  return [&weights](int i) { weights.expect("layers." + std::to_string(i) + "."); };
}

}  // namespace

bool is_guided(const GenerationRequest& request) { return request.guidance_scale > 0; }

TextToImage::TextToImage(const ModelFolder& model, RunFormats formats, NetworkWeights weights,
                         bool background)
    : model_(model),
      formats_(std::move(formats)),
      weights_(weights),
      background_(background),
      text_encoder_(model.text_encoder),
      residency_(slots()) {}

std::vector<NetworkSlot> TextToImage::slots() {
  return {{.network = NetworkId::kTextEncoder,
           .layers = TextEncoder::layer_count(model_.text_encoder),
           .is_loaded = [this] { return text_layers_ != nullptr; },
           .load = [this](const ExecutionOptions& execution) { load_text_encoder(execution); },
           .drop = [this] { text_layers_.reset(); },
           .drop_buffers = [this] { text_layers_->drop_buffers(); },
           .load_layer =
               [this](int i) {
                 LayerMemory memory;
                 return std::make_shared<TextEncoderLayer>(load_text_layer(i, memory));
               }},
          {.network = NetworkId::kImageEncoder,
           .is_loaded = [this] { return image_encoder_ != nullptr; },
           .load = [this](const ExecutionOptions& execution) { load_image_encoder(execution); },
           .drop = [this] { image_encoder_.reset(); }},
          {.network = NetworkId::kTransformer,
           .layers = model_.transformer.n_layers,
           .is_loaded = [this] { return transformer_ != nullptr; },
           .load = [this](const ExecutionOptions& execution) { load_transformer(execution); },
           .drop = [this] { transformer_.reset(); },
           .drop_buffers = [this] { transformer_->layers.drop_buffers(); },
           .load_layer =
               [this](int i) {
                 LayerMemory memory;
                 return std::make_shared<TransformerBlock>(load_block(i, memory, {}));
               }},
          {.network = NetworkId::kDecoder,
           .is_loaded = [this] { return vae_ != nullptr; },
           .load = [this](const ExecutionOptions& execution) { load_decoder(execution); },
           .drop = [this] { vae_.reset(); }}};
}

WeightSource& TextToImage::text_weights() const {
  const bool packed = execution().packed_weights && weights_.packed_text_encoder != nullptr;
  return packed ? *weights_.packed_text_encoder : weights_.text_encoder;
}

WeightSource& TextToImage::transformer_weights() const {
  const bool packed = execution().packed_weights && weights_.packed_transformer != nullptr;
  return packed ? *weights_.packed_transformer : weights_.transformer;
}

TextEncoderLayer TextToImage::load_text_layer(int index, LayerMemory& memory) {
  RecyclingWeights weights(text_weights(), memory);
  return TextEncoder::load_layer(model_.text_encoder, weights, index);
}

TransformerBlock TextToImage::load_block(int index, LayerMemory& memory,
                                         const LinearUpdates& updates) {
  RecyclingWeights weights(transformer_weights(), memory);
  UpdatedWeights updated(weights, updates);
  return Transformer::load_layer(model_.transformer, updated, index);
}

void TextToImage::load_text_encoder(const ExecutionOptions& execution) {
  const int count = TextEncoder::layer_count(model_.text_encoder);
  const auto load = [this](int i, LayerMemory& memory) { return load_text_layer(i, memory); };
  text_layers_ = std::make_unique<TextLayers>(
      count, execution.stream_encoder ? count : 0, load, layer_expecter(weights_.text_encoder),
      weights_.text_encoder.options().device(), background_);
}

void TextToImage::load_transformer(const ExecutionOptions& execution) {
  const auto updates = std::make_shared<const LinearUpdates>(
      load_updates(weights_.opened_loras, weights_.transformer.options()));
  const auto load = [this, updates](int i, LayerMemory& memory) {
    return load_block(i, memory, *updates);
  };
  UpdatedWeights updated(transformer_weights(), *updates);
  transformer_.reset(new LoadedTransformer{Transformer(model_.transformer, updated),
                                           {model_.transformer.n_layers, execution.stream_blocks,
                                            load, layer_expecter(weights_.transformer),
                                            weights_.transformer.options().device(), background_}});
}

void TextToImage::load_image_encoder(const ExecutionOptions& execution) {
  std::optional<ScopedMemoryTag> host;
  if (execution.cpu_decode) host.emplace(MemoryTag::kHost);
  image_encoder_ = std::make_unique<VaeEncoder>(
      model_.vae, execution.cpu_decode ? weights_.host_vae : weights_.vae);
}

void TextToImage::load_decoder(const ExecutionOptions& execution) {
  std::optional<ScopedMemoryTag> host;
  if (execution.cpu_decode) host.emplace(MemoryTag::kHost);
  vae_ = std::make_unique<VaeDecoder>(model_.vae,
                                      execution.cpu_decode ? weights_.host_vae : weights_.vae);
}

TextToImage::Features TextToImage::encode(const PromptIds& ids, const RunHooks& hooks) {
  residency_.begin(Stage::kEncode);
  std::vector<std::vector<std::int32_t>> prompts{ids.positive};
  if (!ids.negative.empty()) prompts.push_back(ids.negative);
  std::vector<at::Tensor> encoded = text_encoder_.forward(
      prompts, weights_.text_encoder, [this](int i) { return text_layers_->acquire(i); },
      TextEncoder::layer_count(model_.text_encoder),
      [&](int, const at::Tensor&) {
        if (hooks.check) hooks.check();
      });
  text_layers_->drop_buffers();
  residency_.end(Stage::kEncode);
  Features features{std::move(encoded.front()), {}};
  if (encoded.size() > 1) features.uncond = std::move(encoded.back());
  if (hooks.trace) {
    hooks.trace("cond", features.cond);
    if (features.uncond.defined()) hooks.trace("uncond", features.uncond);
  }
  return features;
}

at::Tensor TextToImage::encode_image(const at::Tensor& pixels, const RunHooks& hooks) {
  residency_.begin(Stage::kEncodeImage);
  at::Tensor moments;
  {
    std::optional<ScopedMemoryTag> host;
    if (execution().cpu_decode) host.emplace(MemoryTag::kHost);
    const at::Device where =
        execution().cpu_decode && !pixels.is_meta() ? at::kCPU : pixels.device();
    const at::Tensor image = pixels.to(where)
                                 .to(at::kFloat)
                                 .div_(255)
                                 .mul_(2)
                                 .sub_(1)
                                 .permute({2, 0, 1})  // channels-last memory
                                 .to(formats_.vae);
    moments = execution().tile_latent > 0
                  ? image_encoder_->forward_tiled(image, execution().tile_latent, hooks.check)
                  : image_encoder_->forward(image, hooks.check);
  }
  const at::Tensor result =
      at::empty(moments.sizes(), at::TensorOptions(pixels.device()).dtype(at::kFloat));
  result.copy_(moments);
  moments.reset();
  residency_.end(Stage::kEncodeImage);
  if (hooks.trace) hooks.trace("moments", result);
  return result;
}

std::vector<float> TextToImage::sigmas(const GenerationRequest& request) const {
  return flow_match_sigmas(request.steps, request.shift.value_or(model_.scheduler.shift));
}

Sampling TextToImage::start_from(const EncodedImage& image, at::Tensor posterior_noise,
                                 at::Tensor noise, const GenerationRequest& request,
                                 int first_step) const {
  at::Tensor clean = draw_latents(image.moments, std::move(posterior_noise),
                                  model_.vae.scaling_factor, model_.vae.shift_factor);
  const float sigma = sigmas(request)[static_cast<std::size_t>(first_step)];
  Sampling sampling{.latents = add_noise(clean, noise, sigma), .first_step = first_step};
  if (image.repaint.defined()) {
    sampling.kept.emplace(image.repaint, std::move(clean), std::move(noise));
  }
  return sampling;
}

std::vector<std::int64_t> TextToImage::latent_shape(const GenerationRequest& request) const {
  const std::int64_t scale = model_.vae.scale();
  return {model_.vae.latent_channels, request.height / scale, request.width / scale};
}

void TextToImage::denoise(Sampling& sampling, const Features& features,
                          const GenerationRequest& request, const RunHooks& hooks) {
  residency_.begin(Stage::kDenoise);
  const Transformer& transformer = transformer_->shell;
  const TransformerCall call{hooks.check, execution().chunk_tokens, {}};
  const std::vector<std::int64_t> shape = latent_shape(request);
  const CaptionTokens cond = transformer.embed_caption(features.cond, shape[1], shape[2], call);
  CaptionTokens uncond;
  if (features.uncond.defined()) {
    uncond = transformer.embed_caption(features.uncond, shape[1], shape[2], call);
  }

  const std::vector<float> schedule = sigmas(request);
  const auto path = std::span(schedule).subspan(static_cast<std::size_t>(sampling.first_step));
  const int steps = request.steps - sampling.first_step;
  if (hooks.trace && sampling.steps_done == 0) hooks.trace("latents.0", sampling.latents);
  const TransformerLayers layers = [this](int i) { return transformer_->layers.acquire(i); };
  const Predict predict = [&](const at::Tensor& latents, float sigma) {
    const float tau = model_time(sigma);
    if (sampling.kept) sampling.kept->prepare(sampling.steps_done + 1, steps);
    std::vector<const CaptionTokens*> captions{&cond};
    if (uncond.tokens.defined() && is_guided(request.guidance_scale, request.cfg_truncation, tau)) {
      captions.push_back(&uncond);
    }
    std::vector<at::Tensor> out;
    if (execution().sequential_guidance) {
      for (const CaptionTokens* const caption : captions) {
        out.push_back(transformer.forward(latents, tau, {&caption, 1}, layers, call).front());
      }
    } else {
      out = transformer.forward(latents, tau, captions, layers, call);
    }
    if (out.size() == 1) return out.front();
    return guide(out.front(), std::move(out.back()), request.guidance_scale,
                 request.cfg_normalization);
  };
  const OnStep on_step = [&](const at::Tensor& clean) {
    // Both happen before anything that may fail.
    const int step = ++sampling.steps_done;
    if (sampling.kept) {
      sampling.kept->put_into(sampling.latents, path[static_cast<std::size_t>(step)]);
    }
    if (hooks.trace) hooks.trace("latents." + std::to_string(step), sampling.latents);
    if (hooks.on_clean) hooks.on_clean(clean);
    if (hooks.on_step) hooks.on_step(step, steps);
    return step == steps || !hooks.pause || !hooks.pause();
  };
  const auto left = path.subspan(static_cast<std::size_t>(sampling.steps_done));
  integrate_euler(sampling.latents, left, predict, on_step);
  transformer_->layers.drop_buffers();
  if (sampling.steps_done == steps) {
    sampling.kept.reset();
    residency_.end(Stage::kDenoise);
  }
}

at::Tensor TextToImage::decode(const at::Tensor& latents, const RunHooks& hooks) {
  residency_.begin(Stage::kDecode);
  // On the CPU, work on the "host" is marked by this tag, which is outside of the device's budget.
  std::optional<ScopedMemoryTag> host;
  const bool on_host = execution().cpu_decode || execution().tile_latent > 0;
  if (execution().cpu_decode) host.emplace(MemoryTag::kHost);
  const at::Device where =
      execution().cpu_decode && !latents.is_meta() ? at::kCPU : latents.device();
  const at::Tensor z = at::div(latents.to(where), model_.vae.scaling_factor)
                           .add_(model_.vae.shift_factor)
                           .to(formats_.vae);
  at::Tensor picture = execution().tile_latent > 0
                           ? vae_->forward_tiled(z, execution().tile_latent, hooks.check)
                           : vae_->forward(z, hooks.check);
  if (on_host && !host) host.emplace(MemoryTag::kHost);
  picture = picture.to(at::kFloat);  // [3, H, W], channels-last memory
  if (hooks.trace) hooks.trace("decoded", picture.unsqueeze(0));
  picture.mul_(0.5).add_(0.5).clamp_(0, 1).mul_(255).round_();
  at::Tensor bytes = picture.permute({1, 2, 0}).to(at::kByte).contiguous();
  residency_.end(Stage::kDecode);
  return bytes;
}

}  // namespace headroom
