#include "ask_for_weights.h"

#include "headroom/model/text_encoder.h"
#include "headroom/model/transformer.h"

namespace headroom {

void ask_for_text_encoder(const TextEncoderConfig& config, WeightSource& weights) {
  weights.gather_rows("embed_tokens.weight", {}, config.vocab_size, config.hidden_size);
  for (int i = 0; i < TextEncoder::layer_count(config); ++i) {
    (void)TextEncoder::load_layer(config, weights, i);
  }
}

void ask_for_transformer(const TransformerConfig& config, WeightSource& weights) {
  const Transformer shell(config, weights);
  for (int i = 0; i < config.n_layers; ++i) (void)Transformer::load_layer(config, weights, i);
}

}  // namespace headroom
