#include "dry_run.h"

#include "headroom/core/error.h"
#include "headroom/device/allocation_recorder.h"
#include "headroom/device/memory_tag.h"
#include "headroom/pipeline/meta_weights.h"

#include "meta_network.h"

#include <algorithm>
#include <string>
#include <utility>

#include <ATen/ops/empty.h>
#include <c10/core/InferenceMode.h>

namespace headroom {
namespace {

// A pipeline on meta tensors with a recording of its allocations.
class DryRun {
 public:
  DryRun(const ModelFolder& model, const RunFormats& formats, const DryRunRequest& what)
      : kernels_(what.kernels),
        recording_(allocations_),
        text_encoder_(formats.networks, formats.text_encoder),
        transformer_(formats.networks, formats.transformer),
        vae_(formats.vae),
        run_(model, formats,
             {text_encoder_.kept, transformer_.kept, vae_, vae_, what.opened_loras,
              &text_encoder_.packed, &transformer_.packed},
             /*background=*/false),
        ids_{ids(what.shape.prompt_tokens), ids(what.shape.negative_tokens)},
        // The buffers of streamed layers are empty in the first step only, so a second one is
        // needed.
        request_(dry_run_request(what.shape, what.execution.stream_blocks > 0 ? 2 : 1)),
        start_(what.shape.start) {
    const std::int64_t kept_bytes = what.kernels.calibrated.kept_bytes;
    if (kept_bytes > 0) {
      const ScopedMemoryTag tag(MemoryTag::kWorkspace);
      kept_ = at::empty({kept_bytes}, at::TensorOptions(at::kMeta).dtype(at::kByte));
    }
  }

  void mark(Stage stage) { recording_.mark(stage); }
  void adopt(const ExecutionOptions& execution, Stage now) { run_.adopt(execution, now); }
  void prepare(const ExecutionOptions& execution) { run_.prepare(execution); }
  TextToImage::Features encode() { return run_.encode(ids_, {}); }
  EncodedImage encode_image() {
    EncodedImage image;
    const at::Tensor pixels = at::empty({request_.height, request_.width, 3},
                                        at::TensorOptions(at::kMeta).dtype(at::kByte));
    image.moments = run_.encode_image(pixels, {});
    image.repaint = repaint();
    return image;
  }
  at::Tensor denoise(const TextToImage::Features& features, const EncodedImage& image) {
    Sampling sampling;
    if (image.moments.defined()) {
      at::Tensor posterior_noise = noise();
      at::Tensor start_noise = noise();
      sampling = run_.start_from(image, std::move(posterior_noise), std::move(start_noise),
                                 request_, /*first_step=*/0);
    } else {
      sampling.latents = noise();
    }
    run_.denoise(sampling, features, request_, {});
    return sampling.latents;
  }
  at::Tensor decode(const at::Tensor& latents) { return run_.decode(latents, {}); }
  // A stage's input, without running the stage that computes it.
  [[nodiscard]] TextToImage::Features features(int width) const {
    const auto rows = [&](const std::vector<std::int32_t>& ids) {
      return ids.empty() ? at::Tensor()
                         : at::empty({static_cast<std::int64_t>(ids.size()), width},
                                     text_encoder_.plain.options().dtype(TextEncoder::feature_type(
                                         text_encoder_.plain.options().dtype().toScalarType())));
    };
    return {rows(ids_.positive), rows(ids_.negative)};
  }
  [[nodiscard]] EncodedImage encoded_image() const {
    if (start_ == StartFrom::kNoise || start_ == StartFrom::kSampled) return {};
    std::vector<std::int64_t> shape = run_.latent_shape(request_);
    shape.front() *= 2;
    EncodedImage image;
    image.moments = at::empty(shape, at::TensorOptions(at::kMeta).dtype(at::kFloat));
    image.repaint = repaint();
    return image;
  }
  [[nodiscard]] at::Tensor repaint() const {
    if (start_ != StartFrom::kMaskedImage) return {};
    const std::vector<std::int64_t> shape = run_.latent_shape(request_);
    return at::empty({shape[1], shape[2]}, at::TensorOptions(at::kMeta).dtype(at::kFloat));
  }
  [[nodiscard]] at::Tensor noise() const {
    return at::empty(run_.latent_shape(request_), at::TensorOptions(at::kMeta).dtype(at::kFloat));
  }
  AllocationTrace take() { return std::move(allocations_); }

 private:
  static std::vector<std::int32_t> ids(int tokens) {
    return std::vector<std::int32_t>(static_cast<std::size_t>(tokens));
  }

  const c10::InferenceMode inference_;
  const workspace::ScopedKernels kernels_;
  AllocationTrace allocations_;
  AllocationRecorder recording_;
  MetaNetwork text_encoder_, transformer_;
  MetaWeights vae_;
  TextToImage run_;
  const PromptIds ids_;
  const GenerationRequest request_;
  const StartFrom start_;
  at::Tensor kept_;  // what libraries allocate once; here from the start
};

}  // namespace

int guided_in_dry_run(const RunShape& shape) {
  const bool every_step = shape.guided_steps > 0 && shape.guided_steps == shape.steps;
  return every_step ? 2 : std::min(shape.guided_steps, 2);
}

GenerationRequest dry_run_request(const RunShape& shape, int steps) {
  GenerationRequest request;
  request.width = shape.width;
  request.height = shape.height;
  request.steps = steps;
  const int guided = guided_in_dry_run(shape);
  request.guidance_scale = guided > 0 ? 1 : 0;
  if (guided == 1) {
    request.shift = 1;  // gives the model times 0 and 1/2 for two steps
    request.cfg_truncation = 0.25;
  }
  return request;
}

AllocationTrace dry_run(const ModelFolder& model, const RunFormats& formats,
                        const DryRunRequest& what) {
  DryRun run(model, formats, what);
  run.mark(Stage::kLoad);
  run.prepare(what.execution);
  run.mark(Stage::kEncode);
  const TextToImage::Features features = run.encode();
  EncodedImage image;
  if (has_stage(what.shape, Stage::kEncodeImage)) {
    run.mark(Stage::kEncodeImage);
    image = run.encode_image();
  }
  run.mark(Stage::kDenoise);
  const at::Tensor latents = run.denoise(features, image);
  run.mark(Stage::kDecode);
  const at::Tensor picture = run.decode(latents);
  return run.take();
}

AllocationTrace dry_run_stage(Stage stage, const ModelFolder& model, const RunFormats& formats,
                              const DryRunRequest& what) {
  DryRun run(model, formats, what);
  ExecutionOptions alone = what.execution;  // each network alone, in its own stage
  alone.evict_encoder = true;
  alone.evict_transformer = true;
  const int width = model.transformer.cap_feat_dim;
  switch (stage) {
    case Stage::kEncode: {
      run.mark(stage);
      run.prepare(alone);
      const TextToImage::Features encoded = run.encode();
      return run.take();
    }
    case Stage::kEncodeImage: {
      const TextToImage::Features features = run.features(width);
      run.mark(stage);
      run.adopt(alone, stage);
      const EncodedImage encoded = run.encode_image();
      return run.take();
    }
    case Stage::kDenoise: {
      const TextToImage::Features features = run.features(width);
      const EncodedImage image = run.encoded_image();
      run.mark(stage);
      run.adopt(alone, stage);
      const at::Tensor latents = run.denoise(features, image);
      return run.take();
    }
    case Stage::kDecode: {
      const TextToImage::Features features = run.features(width);
      const EncodedImage image = run.encoded_image();
      run.mark(stage);
      const at::Tensor latents = run.noise();
      run.adopt(alone, stage);
      const at::Tensor picture = run.decode(latents);
      return run.take();
    }
    case Stage::kLoad:
    case Stage::kUpscale:  // not a stage of these models: see upscale_plan.h
    case Stage::kSave:
      break;
  }
  throw Error(ErrorKind::kInternal, "there is no dry run of the stage " +
                                        std::string(stage_name(stage)) +
                                        "; please report this as a fault of the program");
}

ShortNetwork short_network(Stage stage, const ModelFolder& model, const RunFormats& formats,
                           const ExecutionOptions& execution) {
  if (stage == Stage::kDenoise) {
    return shorten(alike(formats.transformer, model.transformer.n_layers, execution.packed_weights),
                   execution.stream_blocks);
  }
  if (stage == Stage::kEncode) {
    const int layers = TextEncoder::layer_count(model.text_encoder);
    return shorten(alike(formats.text_encoder, layers, execution.packed_weights),
                   execution.stream_encoder ? layers : 0, execution.stream_encoder);
  }
  return {};
}

AllocationTrace dry_run_short_stage(Stage stage, ModelFolder model, RunFormats formats,
                                    DryRunRequest what) {
  const ShortNetwork kept = short_network(stage, model, formats, what.execution);
  if (stage == Stage::kDenoise) {
    model.transformer.n_layers = kept.layers();
    formats.transformer = kept.storage(formats.transformer);
    what.execution.stream_blocks = kept.streamed_layers();
  } else if (stage == Stage::kEncode) {
    const int layers = TextEncoder::layer_count(model.text_encoder);
    model.text_encoder.num_hidden_layers -= layers - kept.layers();
    formats.text_encoder = kept.storage(formats.text_encoder);
  }
  return dry_run_stage(stage, model, formats, what);
}

}  // namespace headroom
