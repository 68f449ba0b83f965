#pragma once
#include "headroom/config/app_config.h"
#include "headroom/model_files/open_model.h"

#include <filesystem>
#include <vector>

namespace headroom {

// Where the settings and the person in the window say that models are, besides the usual places.
[[nodiscard]] std::vector<std::filesystem::path> model_folders(const ModelOptions& options);

// What the settings name of a model: the starter model where they name none, or one of those whose
// configs come with the program.
[[nodiscard]] ModelPlaces chosen_places(const ModelOptions& options);

// The tokenizer's folder, as far as that can be said without the model's weights.
[[nodiscard]] std::filesystem::path chosen_tokenizer(const ModelOptions& options);

}  // namespace headroom
