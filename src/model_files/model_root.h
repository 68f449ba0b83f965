#pragma once
#include "headroom/weights/config_file.h"

#include <filesystem>

namespace headroom {

// Checks that `root` can be a model's folder: it has a model_index.json, and neither it nor a part
// says that it is made for another program. Throws Error{kModelFile} with a sentence that names
// what was given in its place: a weight file alone, an adapter, a model of another kind.
void check_model_root(const std::filesystem::path& root);

// Throws for the config.json of a part whose weights are quantised, naming the method: such folders
// have other tensors under the same names.
void check_not_quantised(const ConfigFile& config);

}  // namespace headroom
