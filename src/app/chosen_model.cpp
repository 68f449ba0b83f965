#include "chosen_model.h"

#include "headroom/config/model_paths.h"
#include "headroom/config/paths.h"
#include "headroom/core/error.h"
#include "headroom/model_files/find_models.h"
#include "headroom/weights/on_disk.h"

#include "added_folders.h"

#include <algorithm>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <spdlog/spdlog.h>

namespace headroom {
namespace fs = std::filesystem;
namespace {

// A path, or the configs of a known model by its name.
fs::path model_place(const std::string& path) {
  if (path.empty()) return starter_model_folder();
  const fs::path known = known_models_folder() / path;
  const bool is_name = path.find('/') == std::string::npos && path != "." && path != "..";
  return is_name && !is_there(path) && is_there(known) ? known : fs::path(path);
}

// The shelves of a folder, or those that a ComfyUI file lists.
ModelShelves shelves_of(const fs::path& place) {
  constexpr const char* kPaths = "extra_model_paths.yaml";
  std::error_code error;
  const bool is_folder = fs::is_directory(place, error);
  ModelShelves shelves;
  if (is_folder) shelves = shelves_below(place);
  const fs::path file = is_folder ? place / kPaths : place;
  const std::string ending = file.extension().string();
  if (!is_there(file) || (ending != ".yaml" && ending != ".yml")) return shelves;
  try {
    shelves.add(read_model_paths(file));
  } catch (const Error& e) {
    // The file belongs to another program, so it is no reason to stop.
    spdlog::warn("{}", e.what());
  }
  return shelves;
}

}  // namespace

std::vector<fs::path> model_folders(const ModelOptions& options) {
  std::vector<fs::path> folders = options.folders;
  for (fs::path& folder : added_folders()) {
    if (std::ranges::find(folders, folder) == folders.end()) folders.push_back(std::move(folder));
  }
  return folders;
}

ModelPlaces chosen_places(const ModelOptions& options) {
  ModelPlaces places{model_place(options.path).string(),
                     options.text_encoder,
                     options.vae,
                     options.tokenizer,
                     hugging_face_cache(),
                     {}};
  std::vector<fs::path> folders{places.model};
  for (fs::path& folder : model_folders(options)) folders.push_back(std::move(folder));
  for (fs::path& folder : usual_model_folders()) folders.push_back(std::move(folder));
  for (const fs::path& folder : folders) places.shelves.add(shelves_of(folder));
  return places;
}

fs::path chosen_tokenizer(const ModelOptions& options) {
  const fs::path model = model_place(options.path);
  const bool is_whole = is_there(model / "tokenizer") || is_there(model / "model_index.json");
  if (options.tokenizer.empty() && is_whole) return model / "tokenizer";
  std::error_code error;
  const fs::path& given = options.tokenizer;
  if (!given.empty()) return fs::is_directory(given, error) ? given : given.parent_path();
  return open_model(chosen_places(options)).parts.tokenizer;
}

}  // namespace headroom
