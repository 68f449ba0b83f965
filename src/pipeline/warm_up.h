#pragma once
#include "headroom/model_files/model_folder.h"
#include "headroom/pipeline/number_format.h"

#include <ATen/core/TensorBody.h>

namespace headroom {

// Runs every operation of the networks once, on few and small numbers, in the run's number formats:
// CUDA loads a kernel's code at its first launch, and its libraries set themselves up then. What
// that takes of the card is there afterwards, and is not mistaken for other programs later. Half a
// second and some MB of the allocator's. `with_loras`: the products beside the matrices too. Throws
// what the operations throw.
void warm_up(const ModelFolder& model, const NumberFormats& formats, const at::Device& device,
             bool with_loras = false);

}  // namespace headroom
