#pragma once
#include "headroom/engine/model_on_device.h"

#include <filesystem>

namespace headroom {

// What a model's folder says about what it can draw: examples.json has for each language
// {"can_draw": one line, "examples": [prompts], "samples": [prompts]}. The last are the prompts of
// the pictures samples/0.jpg and so on, and are optional. Empty when the file is missing or has
// another form.
[[nodiscard]] ModelExamples read_model_examples(const std::filesystem::path& model_root);

}  // namespace headroom
