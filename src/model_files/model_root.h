#pragma once
#include "headroom/weights/config_file.h"

#include <filesystem>

namespace headroom {

// Checks that `root` can be a model's folder: it has a model_index.json, and neither it nor a part
// shows that it is for another program. Throws Error{kModelFile} with a sentence that names what
// was given instead: a weight file, a LoRA, another kind of model.
void check_model_root(const std::filesystem::path& root);

// Throws if a part's config.json says that its weights are quantised, naming the method: such
// folders have other tensors under the same names.
void check_not_quantized(const ConfigFile& config);

}  // namespace headroom
