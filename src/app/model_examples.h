#pragma once
#include "headroom/engine/model_on_device.h"

#include <filesystem>

namespace headroom {

// What a model's folder says of what it can draw: examples.json with, per language,
// {"can_draw": one line, "examples": [prompts], "samples": [prompts]}, the last of the pictures
// samples/0.jpg and so on, and may be missing. Empty when the file is missing or not of that form.
[[nodiscard]] ModelExamples read_model_examples(const std::filesystem::path& model_root);

}  // namespace headroom
