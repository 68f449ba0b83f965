#pragma once
#include "headroom/model_files/model_folder.h"

namespace headroom {

// Steps of reading a model that folders and single files share. All throw Error{kModelFile}.

// Checks that model_index.json names the classes of Z-Image.
void check_model_index(const std::filesystem::path& root);
[[nodiscard]] PartPlaces places_in(const std::filesystem::path& root);
// Checks that the sizes of what one part passes to the next agree.
void check_parts_fit(const ModelFolder& model);
// For a model whose configs have been read.
[[nodiscard]] ModelInfo make_info(const ModelFolder& model);

}  // namespace headroom
