#pragma once
#include "headroom/core/model_config.h"
#include "headroom/model/weight_source.h"

#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace headroom {

// Weights of one decoder layer.
struct TextEncoderLayer {
  at::Tensor input_layernorm, post_attention_layernorm, q_norm, k_norm;
  LinearWeight q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj;
};

// Hands out layer `index`, resident or copied in for this use.
using TextEncoderLayers = std::function<std::shared_ptr<const TextEncoderLayer>(int index)>;

// The Qwen3 text encoder up to the second-last layer, whose output Z-Image reads; the last layer
// and the final norm are never needed. Holds no weights: embedding rows are gathered from the
// source, so that the table takes no device memory, and layers are handed in.
class TextEncoder {
 public:
  explicit TextEncoder(const TextEncoderConfig& config) : config_(config) {}
  [[nodiscard]] static TextEncoderLayer load_layer(const TextEncoderConfig& config,
                                                   WeightSource& weights, int index);
  // How many layers a prompt passes through: all but the last.
  [[nodiscard]] static int layer_count(const TextEncoderConfig& config) {
    return config.num_hidden_layers - 1;
  }

  // The number format of features, which are the layers' residual: for a network in float16 it is
  // float32, since some of its values exceed float16's range.
  [[nodiscard]] static c10::ScalarType feature_type(c10::ScalarType network) {
    return network == c10::ScalarType::Half ? c10::ScalarType::Float : network;
  }

  // Token ids (1 .. 512 per prompt) -> features [L, hidden_size] for each prompt. All prompts go
  // through a layer before the next one, so that each layer is handed out once. `between_layers`
  // is called before each layer with the hidden state that enters it, and may throw to stop.
  [[nodiscard]] std::vector<at::Tensor> forward(
      std::span<const std::vector<std::int32_t>> prompts, WeightSource& embeddings,
      const TextEncoderLayers& layers, int layer_count,
      const std::function<void(int layer, const at::Tensor& hidden)>& between_layers = {}) const;

 private:
  void run_layer(const TextEncoderLayer& layer, at::Tensor hidden, const at::Tensor& cos,
                 const at::Tensor& sin) const;

  TextEncoderConfig config_;
};

}  // namespace headroom
