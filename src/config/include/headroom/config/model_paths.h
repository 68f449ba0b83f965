#pragma once
#include "headroom/core/model_shelves.h"

#include <filesystem>

namespace headroom {

// Reads ComfyUI's extra_model_paths.yaml: sections of any name, each with an optional base_path
// and, for every kind of file, one or more folders, one per line. Kinds are named as in today's
// ComfyUI (diffusion_models, checkpoints, text_encoders, vae, loras) or as before (unet, clip);
// other keys are ignored. A base_path may begin with ~ or contain $VARIABLES. Relative folders are
// relative to base_path, and a relative base_path to the file's folder. Throws Error{kConfig} with
// file and line.
[[nodiscard]] ModelShelves read_model_paths(const std::filesystem::path& file);

}  // namespace headroom
