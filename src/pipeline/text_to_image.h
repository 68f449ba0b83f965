#pragma once
#include "headroom/core/generation.h"
#include "headroom/model/text_encoder.h"
#include "headroom/model/transformer.h"
#include "headroom/model/vae.h"
#include "headroom/weights/model_folder.h"
#include "number_format.h"

#include <cstdint>
#include <functional>
#include <vector>

namespace headroom {

// Token ids of a request. `negative` is empty when the run is not guided.
struct PromptIds {
  std::vector<std::int32_t> positive;
  std::vector<std::int32_t> negative;
};

// What a run tells while it goes. Every member may be empty.
struct RunHooks {
  std::function<void()> check;  // between blocks and layers; throws Cancelled
  std::function<void(int step, int total)> on_step;
  std::function<void(const at::Tensor& clean)> on_clean;  // estimate of the clean latents [C, h, w]
  Trace trace;  // noise, cond, uncond, latents.N, decoded
};

// The weights of the three networks, wherever they come from.
struct NetworkWeights {
  WeightSource& text_encoder;
  WeightSource& transformer;
  WeightSource& vae;
};

// The stages of text-to-image, each a function of its inputs. The same code runs on the CPU, on a card
// and, for a replay, on meta tensors. Latents, guidance and the Euler step are float32.
class TextToImage {
 public:
  TextToImage(const ModelFolder& model, NumberFormats formats, NetworkWeights weights);

  struct Features {
    at::Tensor cond;    // [L, cap_feat_dim]
    at::Tensor uncond;  // likewise; undefined when not guided
  };
  struct Captions {
    CaptionTokens cond;
    CaptionTokens uncond;  // undefined tensors when not guided
  };

  [[nodiscard]] Features encode(const PromptIds& ids, WeightSource& text_weights,
                                const RunHooks& hooks) const;
  [[nodiscard]] Captions embed(const Features& features, const GenerationRequest& request) const;
  // Shape [C, h, w] of the latents of a picture of the request's size.
  [[nodiscard]] std::vector<std::int64_t> latent_shape(const GenerationRequest& request) const;
  // noise [C, h, w] float32 on the device, overwritten -> the clean latents.
  [[nodiscard]] at::Tensor denoise(at::Tensor noise, const Captions& captions,
                                   const GenerationRequest& request, const RunHooks& hooks) const;
  // latents [C, h, w] float32 -> picture [H, W, 3] uint8, contiguous.
  [[nodiscard]] at::Tensor decode(const at::Tensor& latents, const RunHooks& hooks) const;

 private:
  ModelFolder model_;
  NumberFormats formats_;
  TextEncoder text_encoder_;
  Transformer transformer_;
  VaeDecoder vae_;
};

// Whether the negative prompt takes part at all.
[[nodiscard]] bool is_guided(const GenerationRequest& request);

}  // namespace headroom
