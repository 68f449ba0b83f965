#pragma once
#include "headroom/core/generation.h"
#include "headroom/diffusion/image_to_image.h"
#include "headroom/memory/networks.h"
#include "headroom/model/text_encoder.h"
#include "headroom/model/transformer.h"
#include "headroom/model/vae_decoder.h"
#include "headroom/model/vae_encoder.h"
#include "headroom/model_files/model_folder.h"
#include "headroom/pipeline/layer_streamer.h"
#include "headroom/pipeline/lora_updates.h"
#include "headroom/pipeline/residency.h"
#include "headroom/pipeline/run_formats.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace headroom {

// Token ids of a request. `negative` is empty when the run is not guided.
struct PromptIds {
  std::vector<std::int32_t> positive;
  std::vector<std::int32_t> negative;
};

// Callbacks of a run. Every member may be empty.
struct RunHooks {
  std::function<void()> check;  // between blocks and layers; throws Cancelled
  std::function<void(int step, int total)> on_step;
  // Called with an estimate of the clean latents [C, h, w].
  std::function<void(const at::Tensor& clean)> on_clean;
  // Called after a step; true stops there, to be continued in another call.
  std::function<bool()> pause;
  TensorObserver trace;  // receives noise, cond, uncond, latents.N, decoded
};

// The weights of the networks, from any source.
struct NetworkWeights {
  WeightSource& text_encoder;
  WeightSource& transformer;
  WeightSource& vae;
  WeightSource& host_vae;  // the same on the CPU, for ExecutionOptions::cpu_decode
  const OpenedLoras* opened_loras = nullptr;  // of the transformer; null = none
  // Used with ExecutionOptions::packed_weights; null = the same as above.
  WeightSource* packed_text_encoder = nullptr;
  WeightSource* packed_transformer = nullptr;
};

// A picture during denoising.
struct Sampling {
  at::Tensor latents;              // [C, h, w] float32 on the device
  int steps_done = 0;              // counted from first_step on
  int first_step = 0;              // of the schedule
  std::optional<KeptPart> kept{};  // until all steps are done
};

// An encoded start picture, on the device.
struct EncodedImage {
  at::Tensor moments;  // [2C, h, w] float32
  at::Tensor repaint;  // [h, w] float32, 0..1 as in KeptPart; undefined: everything is painted anew
};

// The stages of text-to-image under a plan. The same code runs on the CPU, on a GPU and, for a dry
// run, on meta tensors. Networks are loaded and evicted as the table in memory/networks.h says.
// Latents, guidance and the Euler step are float32. Used on one thread.
class TextToImage {
 public:
  // `background`: streamed weights are loaded on another thread.
  TextToImage(const ModelFolder& model, RunFormats formats, NetworkWeights weights,
              bool background);

  TextToImage(const TextToImage&) = delete;
  TextToImage& operator=(const TextToImage&) = delete;

  // See Residency. Networks are loaded when a stage needs them.
  void adopt(const ExecutionOptions& execution, Stage now) { residency_.adopt(execution, now); }
  void prepare(const ExecutionOptions& execution) { residency_.prepare(execution); }

  struct Features {
    at::Tensor cond;    // [L, cap_feat_dim]
    at::Tensor uncond;  // the same; undefined when not guided
  };
  [[nodiscard]] Features encode(const PromptIds& ids, const RunHooks& hooks);

  // pixels [H, W, 3] uint8 on the device -> mean and log-variance of its latents, [2C, h, w]
  // float32 there.
  [[nodiscard]] at::Tensor encode_image(const at::Tensor& pixels, const RunHooks& hooks);
  // The state in which a picture begins that starts from `image` at step `first_step`. Both draws
  // of noise [C, h, w], on the device, are overwritten.
  [[nodiscard]] Sampling start_from(const EncodedImage& image, at::Tensor posterior_noise,
                                    at::Tensor noise, const GenerationRequest& request,
                                    int first_step) const;

  // The shape [C, h, w] of the latents for the request's size.
  [[nodiscard]] std::vector<std::int64_t> latent_shape(const GenerationRequest& request) const;
  // Continues `sampling` until all steps are done or hooks.pause returns true. If anything is
  // thrown, `sampling` has the last finished step.
  void denoise(Sampling& sampling, const Features& features, const GenerationRequest& request,
               const RunHooks& hooks);
  // latents [C, h, w] float32 -> picture [H, W, 3] uint8, contiguous.
  [[nodiscard]] at::Tensor decode(const at::Tensor& latents, const RunHooks& hooks);

  // The device of the latents.
  [[nodiscard]] at::Device device() const { return weights_.transformer.options().device(); }

  // Evicts everything from the device.
  void clear() { residency_.clear(); }

  // For measurements.
  [[nodiscard]] Residency& residency() { return residency_; }

 private:
  struct LoadedTransformer {
    Transformer shell;
    LayerStreamer<TransformerBlock> layers;
  };
  using TextLayers = LayerStreamer<TextEncoderLayer>;

  // The functions that load and evict each of kNetworks.
  [[nodiscard]] std::vector<NetworkSlot> slots();
  TextEncoderLayer load_text_layer(int index, LayerMemory& memory);
  TransformerBlock load_block(int index, LayerMemory& memory, const LinearUpdates& updates);
  void load_text_encoder(const ExecutionOptions& execution);
  void load_image_encoder(const ExecutionOptions& execution);
  void load_transformer(const ExecutionOptions& execution);
  void load_decoder(const ExecutionOptions& execution);
  [[nodiscard]] const ExecutionOptions& execution() const { return residency_.execution(); }
  // The source that the present plan uses.
  [[nodiscard]] WeightSource& text_weights() const;
  [[nodiscard]] WeightSource& transformer_weights() const;
  [[nodiscard]] std::vector<float> sigmas(const GenerationRequest& request) const;

  ModelFolder model_;
  RunFormats formats_;
  NetworkWeights weights_;
  bool background_;
  TextEncoder text_encoder_;
  std::unique_ptr<TextLayers> text_layers_;
  std::unique_ptr<LoadedTransformer> transformer_;
  std::unique_ptr<VaeEncoder> image_encoder_;
  std::unique_ptr<VaeDecoder> vae_;
  Residency residency_;  // of these
};

// Whether the negative prompt is used at all.
[[nodiscard]] bool is_guided(const GenerationRequest& request);

}  // namespace headroom
