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

// A Z-Image model found on this machine.
struct FoundModel {
  std::string name;                   // value for --model: a repository's name, or the path
  std::filesystem::path place;        // its folder or file
  std::optional<ModelFolder> opened;  // set when all parts were found
  Message problem;                    // otherwise why it cannot be opened, with the way out
  // Missing parts, by the names of diffusers' folders: "transformer", "text_encoder", "vae",
  // "tokenizer"; and the shell command that downloads them. Empty when nothing is missing or the
  // problem is another one.
  std::vector<std::string> missing;
  std::string get;
  // The transformer's formats ("BF16", ...) with their number of matrices.
  std::map<std::string, int> formats;
  std::int64_t file_bytes = 0;  // of the files of all parts that were found
};

// The folders below `folder`, a program's or its models', where ComfyUI and Forge keep models.
// Only those that exist.
[[nodiscard]] ModelShelves shelves_below(const std::filesystem::path& folder);

// The newest download of the repository `name`, "org/name", in a Hugging Face cache, if it is
// there.
[[nodiscard]] std::optional<std::filesystem::path> downloaded_repository(
    const std::filesystem::path& hub_cache, const std::string& name);

// Looks for models in this order, listing each once: in `folders` (a model's own folder, or one
// that contains models' folders or weight files), on `where`'s shelves for transformers, and among
// all repositories in its Hugging Face cache. Reads headers. Other models and LoRAs are skipped;
// files of weights that cannot be read are listed with their fault.
[[nodiscard]] std::vector<FoundModel> find_models(const std::vector<std::filesystem::path>& folders,
                                                  const ModelPlaces& where);

}  // namespace headroom
