#pragma once
#include "headroom/config/app_config.h"
#include "headroom/model_files/open_model.h"

#include <filesystem>
#include <vector>

namespace headroom {

// Folders with models from the settings and from the window, besides the usual places.
[[nodiscard]] std::vector<std::filesystem::path> model_folders(const ModelOptions& options);

// Where the parts of the configured model are: the starter model if none is configured, or the
// configs of a known model.
[[nodiscard]] ModelPlaces chosen_places(const ModelOptions& options);

// The tokenizer's folder, as far as it can be found without the model's weights.
[[nodiscard]] std::filesystem::path chosen_tokenizer(const ModelOptions& options);

}  // namespace headroom
