#pragma once
#include "headroom/model_files/model_folder.h"
#include "headroom/pipeline/run_formats.h"

#include <ATen/core/TensorBody.h>

namespace headroom {

// Runs every operation of the networks once on small tensors in the run's number formats. CUDA
// loads a kernel's code at its first launch, and its libraries set themselves up then; after this,
// what they take on the GPU is not mistaken for other programs' memory. Takes half a second and
// some MB of the allocator. `with_loras`: includes the products of LoRAs. Throws what the
// operations throw.
void warm_up(const ModelFolder& model, const RunFormats& formats, const at::Device& device,
             bool with_loras = false);

}  // namespace headroom
