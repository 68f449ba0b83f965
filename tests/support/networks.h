#pragma once
#include "headroom/model/text_encoder.h"
#include "headroom/model/transformer.h"

#include <functional>
#include <memory>
#include <span>
#include <vector>

// Networks with all layers resident and one input at a time, as most tests need them.
namespace headroom::test {

class WholeTransformer {
 public:
  WholeTransformer(const TransformerConfig& config, WeightSource& weights)
      : shell_(config, weights) {
    for (int i = 0; i < config.n_layers; ++i) {
      layers_.push_back(
          std::make_shared<const TransformerBlock>(Transformer::load_layer(config, weights, i)));
    }
  }
  [[nodiscard]] CaptionTokens embed_caption(const at::Tensor& features, std::int64_t h,
                                            std::int64_t w,
                                            const TensorObserver& trace = {}) const {
    return shell_.embed_caption(features, h, w, {.check = {}, .chunk_tokens = 0, .trace = trace});
  }
  [[nodiscard]] at::Tensor forward(const at::Tensor& latents, float tau,
                                   const CaptionTokens& caption,
                                   const std::function<void()>& check = {},
                                   const TensorObserver& trace = {}) const {
    const CaptionTokens* const one = &caption;
    return shell_
        .forward(latents, tau, {&one, 1},
                 [this](int i) { return layers_[static_cast<std::size_t>(i)]; },
                 {.check = check, .chunk_tokens = 0, .trace = trace})
        .front();
  }

 private:
  Transformer shell_;
  std::vector<std::shared_ptr<const TransformerBlock>> layers_;
};

class WholeTextEncoder {
 public:
  // `layers`: 0 = as many as a prompt passes through.
  WholeTextEncoder(const TextEncoderConfig& config, WeightSource& weights, int layers = 0)
      : shell_(config) {
    const int count = layers > 0 ? layers : TextEncoder::layer_count(config);
    for (int i = 0; i < count; ++i) {
      layers_.push_back(
          std::make_shared<const TextEncoderLayer>(TextEncoder::load_layer(config, weights, i)));
    }
  }
  [[nodiscard]] at::Tensor forward(
      const std::vector<std::int32_t>& ids, WeightSource& weights,
      const std::function<void(int, const at::Tensor&)>& between_layers = {}) const {
    return shell_
        .forward(
            {&ids, 1}, weights, [this](int i) { return layers_[static_cast<std::size_t>(i)]; },
            static_cast<int>(layers_.size()), between_layers)
        .front();
  }

 private:
  TextEncoder shell_;
  std::vector<std::shared_ptr<const TextEncoderLayer>> layers_;
};

}  // namespace headroom::test
