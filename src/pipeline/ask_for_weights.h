#pragma once
#include "headroom/model/weight_source.h"
#include "headroom/model_files/model_folder.h"

namespace headroom {

// Each asks `weights` for everything that a network needs in a run, in the order of its layers, by
// running the code that loads it.
void ask_for_text_encoder(const TextEncoderConfig& config, WeightSource& weights);
void ask_for_transformer(const TransformerConfig& config, WeightSource& weights);

}  // namespace headroom
