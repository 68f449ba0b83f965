#pragma once
#include "headroom/model_files/model_folder.h"
#include "headroom/model_files/open_model.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace headroom {

// A model of Z-Image on this machine, as it was found.
struct FoundModel {
  std::string name;                   // what --model takes: a repository's name, or the path
  std::filesystem::path place;        // its folder or file
  std::optional<ModelFolder> opened;  // where all parts are here
  Message problem;                    // why not, else, with the way out
  // Which are not here, by the names of diffusers' folders: "transformer", "text_encoder", "vae",
  // "tokenizer"; and the command that gets them, as a shell takes it. Empty where nothing is
  // missing or where that is not what is wrong.
  std::vector<std::string> missing;
  std::string get;
  std::map<std::string, int> formats;  // of the transformer: "BF16", ..., and of how many matrices
  std::int64_t file_bytes = 0;         // of the files of all parts that are here
};

// Folders in which programs keep models, below that of a program or of its models: where ComfyUI
// and Forge have them. Only those that are there.
[[nodiscard]] ModelShelves shelves_below(const std::filesystem::path& folder);

// Looks for models: in `folders` (a model's own folder, or one that holds those of models or weight
// files), on the shelves for transformers of `where`, and among all repositories of its Hugging
// Face cache; in that order, each once. Opens headers. Other models and add-ons are passed over.
[[nodiscard]] std::vector<FoundModel> find_models(const std::vector<std::filesystem::path>& folders,
                                                  const ModelPlaces& where);

}  // namespace headroom
