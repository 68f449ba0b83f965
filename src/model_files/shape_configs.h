#pragma once
#include "headroom/core/model_config.h"
#include "headroom/weights/config_file.h"
#include "headroom/weights/network_tensors.h"

namespace headroom {

// The config of a network that comes without one: sizes and counts from the shapes of its tensors,
// and what shapes do not say from GGUF's keys or as all models of the kind have it. Reading it
// checks it. Throws Error{kModelFile} where a tensor is missing that says a size.
[[nodiscard]] ConfigFile config_of(const NetworkTensors& tensors);

// Puts the widths that the weights have in the place of what a config says.
void take_widths(const NetworkTensors& tensors, TransformerConfig& config);
// And what a GGUF file says of how to compute with it.
void take_widths(const NetworkTensors& tensors, TextEncoderConfig& config);

}  // namespace headroom
