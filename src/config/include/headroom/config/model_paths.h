#pragma once
#include "headroom/core/model_shelves.h"

#include <filesystem>

namespace headroom {

// Reads ComfyUI's extra_model_paths.yaml: sections of any name, each with an optional base_path and
// one or more folders, a line each, for every kind of file. Kinds are called as in ComfyUI today
// (diffusion_models, checkpoints, text_encoders, vae, loras) or before (unet, clip); other keys are
// none of ours. A base_path may begin with ~ or hold $VARIABLES; what is relative counts from
// base_path, and that from the file's folder. Throws Error{kConfig} naming file and line.
[[nodiscard]] ModelShelves read_model_paths(const std::filesystem::path& file);

}  // namespace headroom
