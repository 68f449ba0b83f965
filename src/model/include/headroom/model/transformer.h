#pragma once
#include "headroom/core/model_config.h"
#include "headroom/model/weight_source.h"

#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace headroom {

// Receives an intermediate result with its name. For tests and --dump.
using TensorObserver = std::function<void(std::string_view name, const at::Tensor& value)>;

// A prompt as the transformer reads it: computed once per prompt and picture size, used in every
// step.
struct CaptionTokens {
  at::Tensor tokens;  // [Lp, D], Lp = text length rounded up to 32
  // [Tp + Lp, head_dim / 2] complex64: rotary position of image and caption rows.
  at::Tensor rotation;
};

// Weights of one block.
struct TransformerBlock {
  LinearWeight to_q, to_k, to_v, to_out, w1, w2, w3;
  LinearWeight adaln;     // none in plain blocks
  at::Tensor adaln_bias;  // none in plain blocks
  at::Tensor norm_q, norm_k;
  at::Tensor attention_norm1, attention_norm2, ffn_norm1, ffn_norm2;
};

// Hands out main layer `index`, resident or copied in for this use; it stays valid while the
// pointer is held.
using TransformerLayers = std::function<std::shared_ptr<const TransformerBlock>(int index)>;

// How one call runs. No choice changes the result beyond rounding.
struct TransformerCall {
  std::function<void()> check;  // before each block; may throw to stop
  int chunk_tokens = 0;         // rows (tokens) of a block that are computed at a time; 0 = all
  TensorObserver trace;
};

// The Z-Image transformer (ZImageTransformer2DModel) without its main layers, which are handed in:
// an image stream and a caption stream that are joined into one. Immutable; used on one thread at
// a time.
class Transformer {
 public:
  Transformer(const TransformerConfig& config, WeightSource& weights);
  [[nodiscard]] static TransformerBlock load_layer(const TransformerConfig& config,
                                                   WeightSource& weights, int index);

  // Prompt features [L, cap_feat_dim] -> caption tokens for pictures of latent size h x w.
  [[nodiscard]] CaptionTokens embed_caption(const at::Tensor& features, std::int64_t h,
                                            std::int64_t w, const TransformerCall& call = {}) const;

  // latents [C, h, w] float32 at model time `tau` (0 = noise, 1 = clean) -> for each caption an
  // estimate of (clean - noise), [C, h, w] float32. h and w must be multiples of the patch size.
  // All captions go through a layer before the next one, so that each layer is handed out once.
  [[nodiscard]] std::vector<at::Tensor> forward(const at::Tensor& latents, float tau,
                                                std::span<const CaptionTokens* const> captions,
                                                const TransformerLayers& layers,
                                                const TransformerCall& call = {}) const;

 private:
  // The weights [D] of a block's four norms; float32 where they are modulated. norm(x) * (1 +
  // scale) and tanh(gate) * norm(y) are products along the same axis, so the modulation is
  // multiplied into the weights, once for all captions.
  struct BlockNorms {
    at::Tensor attention1, attention2, ffn1, ffn2;
  };
  [[nodiscard]] BlockNorms modulated_norms(const TransformerBlock& block,
                                           const at::Tensor& temb) const;
  // x [T, D], overwritten with the block's result.
  void run_block(const TransformerBlock& block, const BlockNorms& norms, const at::Tensor& x,
                 const at::Tensor& rotation, std::int64_t chunk) const;
  void attend(const TransformerBlock& block, const BlockNorms& norms, const at::Tensor& x,
              const at::Tensor& rotation, std::int64_t chunk) const;
  void feed_forward(const TransformerBlock& block, const BlockNorms& norms, const at::Tensor& x,
                    std::int64_t chunk) const;
  [[nodiscard]] at::Tensor time_embedding(float tau) const;  // [adaln_dim]

  TransformerConfig config_;
  at::TensorOptions options_;  // device and number format of the weights
  LinearWeight x_embedder_, cap_embedder_, t_mlp0_, t_mlp2_, final_, final_adaln_;
  at::Tensor x_embedder_bias_, cap_embedder_bias_, t_mlp0_bias_, t_mlp2_bias_, final_bias_;
  at::Tensor final_adaln_bias_, x_pad_token_, cap_norm_, cap_pad_token_;
  std::vector<TransformerBlock> noise_refiner_, context_refiner_;
};

}  // namespace headroom
