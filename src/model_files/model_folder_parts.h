#pragma once
#include "headroom/model_files/model_folder.h"

namespace headroom {

// Steps of reading a model, which folders and files have in common. All throw Error{kModelFile}.

// That model_index.json names the classes of Z-Image.
void check_model_index(const std::filesystem::path& root);
[[nodiscard]] PartPlaces places_in(const std::filesystem::path& root);
// That what one part hands the next has one size.
void check_parts_fit(const ModelFolder& model);
// Of a model whose configs are read.
[[nodiscard]] ModelInfo make_info(const ModelFolder& model);

}  // namespace headroom
