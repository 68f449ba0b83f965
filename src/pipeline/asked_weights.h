#pragma once
#include "headroom/model/weight_source.h"
#include "headroom/model_files/model_folder.h"

namespace headroom {

// Asks for all weights that a network takes in a run, in the order of its layers, by the code that
// loads them.
void ask_for_text_encoder(const TextEncoderConfig& config, WeightSource& weights);
void ask_for_transformer(const TransformerConfig& config, WeightSource& weights);

}  // namespace headroom
