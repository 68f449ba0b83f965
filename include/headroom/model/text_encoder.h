#pragma once
#include "headroom/core/model_config.h"
#include "headroom/model/weight_source.h"

#include <functional>
#include <span>
#include <vector>

namespace headroom {

// The Qwen3 text encoder up to the second-last layer, whose output Z-Image reads; the last layer and
// the final norm are never loaded. Immutable; used on one thread at a time.
class TextEncoder {
 public:
  // `layers`: how many decoder layers to load and run; 0 = all but the last.
  TextEncoder(const TextEncoderConfig& config, WeightSource& weights, int layers = 0);

  // Token ids (1 .. 512) -> features [L, hidden_size]. The embedding rows are gathered from `weights`
  // on each call, so the table takes no device memory. `between_layers` is called before each layer
  // with the hidden state that enters it and may throw to stop.
  [[nodiscard]] at::Tensor forward(
      std::span<const std::int32_t> ids, WeightSource& weights,
      const std::function<void(int layer, const at::Tensor& hidden)>& between_layers = {}) const;

 private:
  struct Layer {
    at::Tensor input_layernorm, post_attention_layernorm;
    at::Tensor q_proj, k_proj, v_proj, o_proj, q_norm, k_norm;
    at::Tensor gate_proj, up_proj, down_proj;
  };
  void run_layer(const Layer& layer, at::Tensor hidden, const at::Tensor& cos,
                 const at::Tensor& sin) const;

  TextEncoderConfig config_;
  std::vector<Layer> layers_;
};

}  // namespace headroom
