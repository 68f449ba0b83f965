#pragma once
#include "headroom/core/model_config.h"
#include "headroom/weights/config_file.h"
#include "headroom/weights/network_tensors.h"

namespace headroom {

// A config for a network that comes without one. Sizes and counts come from the shapes of its
// tensors; the rest from GGUF's keys, or is what all models of this kind have. It is checked when
// it is read. Throws Error{kModelFile} when a tensor that determines a size is missing.
[[nodiscard]] ConfigFile config_of(const NetworkTensors& tensors);

// Replaces a config's widths by those of the weights.
void take_widths(const NetworkTensors& tensors, TransformerConfig& config);
// The same, and what a GGUF file says about how to compute with the weights.
void take_widths(const NetworkTensors& tensors, TextEncoderConfig& config);

}  // namespace headroom
