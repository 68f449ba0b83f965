#pragma once
#include "headroom/core/model_config.h"
#include "headroom/model/weight_source.h"

#include <functional>
#include <string_view>
#include <vector>

namespace headroom {

// Looks at an intermediate result: its name and value. Used by tests and --dump.
using Trace = std::function<void(std::string_view name, const at::Tensor& value)>;

// A prompt as the transformer reads it: computed once per prompt and picture size, used in every step.
struct CaptionTokens {
  at::Tensor tokens;    // [Lp, D], Lp = text length rounded up to 32
  at::Tensor rotation;  // [Tp + Lp, head_dim / 2] complex64: rotary position of image and caption rows
};

// The Z-Image transformer (ZImageTransformer2DModel): an image and a caption stream that are joined
// into one. Batch size is always one. Immutable; used on one thread at a time.
class Transformer {
 public:
  Transformer(const TransformerConfig& config, WeightSource& weights);

  // Prompt features [L, cap_feat_dim] -> the caption rows for pictures of latent size h x w.
  [[nodiscard]] CaptionTokens embed_caption(const at::Tensor& features, std::int64_t h,
                                            std::int64_t w, const Trace& trace = {}) const;

  // latents [C, h, w] float32 at model time tau (0 = noise, 1 = clean) -> [C, h, w] float32, an
  // estimate of (clean - noise). h and w are multiples of the patch size. `between_blocks` is called
  // before each block and may throw to stop.
  [[nodiscard]] at::Tensor forward(const at::Tensor& latents, float tau, const CaptionTokens& caption,
                                   const std::function<void()>& between_blocks = {},
                                   const Trace& trace = {}) const;

 private:
  struct Block {
    at::Tensor to_q, to_k, to_v, to_out, norm_q, norm_k;
    at::Tensor attention_norm1, attention_norm2, ffn_norm1, ffn_norm2;
    at::Tensor w1, w2, w3;
    at::Tensor adaln_weight, adaln_bias;  // undefined in plain blocks
  };
  Block load_block(WeightSource& weights, const std::string& prefix, bool modulated) const;
  // x [T, D], overwritten with the block's result. temb undefined = plain block.
  void run_block(const Block& block, at::Tensor x, const at::Tensor& temb,
                 const at::Tensor& rotation) const;
  [[nodiscard]] at::Tensor time_embedding(float tau) const;  // [adaln_dim]

  TransformerConfig config_;
  at::TensorOptions options_;  // device and number format of the weights
  at::Tensor x_embedder_weight_, x_embedder_bias_, x_pad_token_;
  at::Tensor cap_norm_, cap_embedder_weight_, cap_embedder_bias_, cap_pad_token_;
  at::Tensor t_mlp0_weight_, t_mlp0_bias_, t_mlp2_weight_, t_mlp2_bias_;
  std::vector<Block> noise_refiner_, context_refiner_, layers_;
  at::Tensor final_weight_, final_bias_, final_adaln_weight_, final_adaln_bias_;
};

}  // namespace headroom
