#include "headroom/core/bytes.h"
#include "headroom/core/version.h"
#include "headroom/device/cpu_budget.h"
#include "headroom/diffusion/noise.h"
#include "headroom/pipeline/make_generator.h"

#include "dump.h"
#include "number_format.h"
#include "preview.h"
#include "prompt_ids.h"
#include "text_to_image.h"
#include "threads.h"
#include "weight_sources.h"

#include <chrono>
#include <cstring>
#include <random>
#include <utility>

#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>
#include <c10/util/Exception.h>

namespace headroom {
namespace {

// The weight files of a model, opened, and the networks that are built from them.
struct OpenedModel {
  TensorStore text_encoder;
  TensorStore transformer;
  TensorStore vae;
  FileWeights text_weights, transformer_weights, vae_weights, host_vae_weights;
  TextToImage networks;

  OpenedModel(const ModelFolder& model, const NumberFormats& formats, at::Device device)
      : text_encoder(model.root / "text_encoder", "model"),
        transformer(model.root / "transformer", "diffusion_pytorch_model"),
        vae(model.root / "vae", "diffusion_pytorch_model"),
        text_weights(text_encoder, at::TensorOptions(device).dtype(formats.networks),
                     {"", "model."}),
        transformer_weights(transformer, at::TensorOptions(device).dtype(formats.networks)),
        vae_weights(vae, at::TensorOptions(device).dtype(formats.vae)),
        host_vae_weights(vae, at::TensorOptions(at::kCPU).dtype(formats.vae)),
        networks(model, formats, {text_weights, transformer_weights, vae_weights, host_vae_weights},
                 /*background=*/true) {}
};

// Measures one stage after the other.
class StageClock {
 public:
  StageClock(const Device& device, ProgressSink& sink) : device_(device), sink_(sink) {}

  template <typename Work>
  auto run(Stage stage, int image_index, Work work) {
    sink_.on_stage(stage, image_index);
    const auto start = std::chrono::steady_clock::now();
    auto result = work();
    const auto i = static_cast<std::size_t>(stage);
    seconds[i] = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    peaks[i] = end_stage(device_);
    return result;
  }

  std::array<double, kStageCount> seconds{};
  std::array<std::int64_t, kStageCount> peaks{};

 private:
  const Device& device_;
  ProgressSink& sink_;
};

std::shared_ptr<const Image> to_image(const at::Tensor& picture) {  // [H, W, 3] uint8
  const at::Tensor host = picture.to(at::kCPU);
  auto image = std::make_shared<Image>();
  image->height = static_cast<int>(host.size(0));
  image->width = static_cast<int>(host.size(1));
  image->rgb.resize(static_cast<std::size_t>(host.numel()));
  std::memcpy(image->rgb.data(), host.const_data_ptr<std::uint8_t>(), image->rgb.size());
  return image;
}

std::uint64_t choose_seed() {
  std::random_device source;
  return source() & 0xFFFFFFFFU;  // short enough to be typed again
}

class PipelineGenerator final : public ImageGenerator {
 public:
  PipelineGenerator(PipelineOptions options, std::shared_ptr<const PromptTokenizer> tokenizer,
                    std::shared_ptr<Forecaster> forecaster)
      : options_(std::move(options)),
        tokenizer_(std::move(tokenizer)),
        forecaster_(std::move(forecaster)),
        formats_(choose_formats(options_.dtype, options_.device)),
        torch_device_(
            options_.device.is_cuda()
                ? at::Device(at::kCUDA, static_cast<c10::DeviceIndex>(options_.device.index))
                : at::Device(at::kCPU)),
        memory_(options_.device, options_.pretend_vram_bytes, options_.pretend_others),
        preview_(LatentPreview::load(options_.model.root, options_.model.vae.latent_channels)) {
    if (!options_.device.is_cuda()) cpu_budget::install();
  }

  ~PipelineGenerator() override {
    opened_.reset();
    release_cached(options_.device);
    if (options_.device.is_cuda()) set_card_weights(0);
  }

  void generate(const GenerationRequest& request, ProgressSink& sink,
                std::stop_token stop) override {
    const auto problems = validate(request, options_.model.info.size_unit);
    if (!problems.empty()) throw Error(ErrorKind::kInvalidRequest, problems.front().message);
    try {
      run(request, sink, stop);
    } catch (const c10::OutOfMemoryError& e) {
      release_cached(options_.device);
      throw Error(
          ErrorKind::kOutOfMemory,
          "the card ran out of memory: another program took what was free; close it or choose "
          "a smaller size (" +
              std::string(e.what_without_backtrace()) + ")");
    } catch (const c10::Error& e) {
      throw Error(ErrorKind::kInternal, e.what_without_backtrace());
    }
  }

 private:
  void run(const GenerationRequest& request, ProgressSink& sink, const std::stop_token& stop) {
    const c10::InferenceMode inference;
    at::set_num_threads(resolve_threads(options_.threads));
    const PromptIds ids = encode_prompts(tokenizer_.get(), request);
    const Forecast forecast = decide(request);
    const Plan& plan = forecast.plan;
    sink.on_plan(plan);
    begin_run(options_.device);

    StageClock clock(options_.device, sink);
    Dump dump;
    RunHooks hooks;
    hooks.check = [&] { check_cancelled(stop); };
    if (!options_.dump_file.empty()) {
      hooks.trace = [&](std::string_view name, const at::Tensor& value) { dump.add(name, value); };
    }
    hooks.check();
    clock.run(Stage::kLoad, 0, [&] {
      open();
      opened_->networks.prepare(forecast.ladder);
      if (options_.device.is_cuda()) {
        const DeviceUse use = read_use(options_.device);
        set_card_weights(use.weights + use.activations);  // nothing else is there yet
      }
      return 0;
    });
    TextToImage& networks = opened_->networks;
    const TextToImage::Features features =
        clock.run(Stage::kEncode, 0, [&] { return networks.encode(ids, hooks); });

    const std::uint64_t first_seed = request.seed.value_or(choose_seed());
    for (int i = 0; i < request.count; ++i) {
      GeneratedImage result;
      result.index = i;
      result.seed = first_seed + static_cast<std::uint64_t>(i);
      hooks.on_step = [&](int step, int total) { sink.on_step(step, total); };
      if (preview_) {
        hooks.on_clean = [&](const at::Tensor& clean) { sink.on_preview(preview_->draw(clean)); };
      }
      at::Tensor latents = clock.run(
          Stage::kDenoise, i, [&] { return denoise(request, features, result.seed, hooks); });
      result.image =
          clock.run(Stage::kDecode, i, [&] { return to_image(networks.decode(latents, hooks)); });
      latents.reset();
      result.receipt = receipt(plan, clock);
      forecaster_->learn(request, forecast.ladder, result.receipt);
      sink.on_stage(Stage::kSave, i);
      sink.on_image(std::move(result));
      if (hooks.trace) {  // after the picture, which a full disk must not cost
        dump.write(options_.dump_file);
        hooks.trace = {};
      }
      // Later pictures of the job find the model loaded and the prompt encoded.
      clock.seconds[static_cast<std::size_t>(Stage::kLoad)] = 0;
      clock.seconds[static_cast<std::size_t>(Stage::kEncode)] = 0;
    }
  }

  // The plan, or a refusal before anything runs.
  Forecast decide(const GenerationRequest& request) {
    const Forecast forecast = forecaster_->forecast(request, memory_.read());
    if (!forecast.fits) throw Error(ErrorKind::kOutOfMemory, forecast.reason);
    enforce_limit(options_.device, forecast.budget.budget_bytes);
    return forecast;
  }

  void open() {
    if (opened_) return;
    opened_ = std::make_unique<OpenedModel>(options_.model, formats_, torch_device_);
  }

  at::Tensor denoise(const GenerationRequest& request, const TextToImage::Features& features,
                     std::uint64_t seed, const RunHooks& hooks) {
    TextToImage& networks = opened_->networks;
    std::vector<std::int64_t> shape = networks.latent_shape(request);
    shape.insert(shape.begin(), 1);
    const at::Tensor noise = draw_noise(seed, shape);
    if (hooks.trace) hooks.trace("noise", noise);
    return networks.denoise(noise.to(torch_device_).squeeze(0), features, request, hooks);
  }

  [[nodiscard]] Receipt receipt(const Plan& plan, const StageClock& clock) const {
    Receipt receipt;
    receipt.plan = plan;
    receipt.stage_seconds = clock.seconds;
    receipt.stage_peak_bytes = clock.peaks;
    for (const std::int64_t peak : clock.peaks) {
      receipt.actual_peak_bytes = std::max(receipt.actual_peak_bytes, peak);
    }
    receipt.model = options_.model.info.name;
    receipt.device = options_.device.name;
    receipt.dtype = formats_.name;
    receipt.version = std::string(kVersion);
    return receipt;
  }

  const PipelineOptions options_;
  const std::shared_ptr<const PromptTokenizer> tokenizer_;
  const std::shared_ptr<Forecaster> forecaster_;
  const NumberFormats formats_;
  const at::Device torch_device_;
  const DeviceMemory memory_;
  const std::optional<LatentPreview> preview_;
  std::unique_ptr<OpenedModel> opened_;
};

}  // namespace

std::unique_ptr<ImageGenerator> make_generator(PipelineOptions options,
                                               std::shared_ptr<const PromptTokenizer> tokenizer,
                                               std::shared_ptr<Forecaster> forecaster) {
  return std::make_unique<PipelineGenerator>(std::move(options), std::move(tokenizer),
                                             std::move(forecaster));
}

}  // namespace headroom
