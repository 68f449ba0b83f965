#include "headroom/model_files/find_models.h"

#include "headroom/core/error.h"
#include "headroom/weights/config_file.h"
#include "headroom/weights/network_tensors.h"
#include "headroom/weights/on_disk.h"

#include "hub_cache.h"
#include "missing_parts.h"
#include "part_configs.h"
#include "part_finder.h"

#include <set>
#include <system_error>
#include <utility>

namespace headroom {
namespace fs = std::filesystem;
namespace {

bool is_model_folder(const fs::path& folder) {
  if (!is_there(folder / "model_index.json")) return false;
  try {
    const ConfigFile index(folder / "model_index.json");
    const nlohmann::json* const name = index.find("_class_name");
    return name != nullptr && name->is_string() &&
           name->get_ref<const std::string&>().starts_with("ZImage");
  } catch (const Error&) {
    return false;
  }
}

constexpr const char* kTurbo = "Tongyi-MAI/Z-Image-Turbo";

// The repository that a folder's transformer comes from: the base model has the larger shift.
const char* repository_for(const fs::path& root) {
  constexpr double kBaseShift = 6;
  try {
    const SchedulerConfig scheduler =
        read_scheduler(ConfigFile(root / "scheduler" / "scheduler_config.json"));
    return scheduler.shift >= kBaseShift ? "Tongyi-MAI/Z-Image" : kTurbo;
  } catch (const Error&) {
    return kTurbo;
  }
}

// Subfolders, sorted by name.
std::set<fs::path> folders_in(const fs::path& folder) {
  std::set<fs::path> folders;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    std::error_code unreadable;
    if (entry.is_directory(unreadable)) folders.insert(entry.path());
  }
  return folders;
}

class Search {
 public:
  explicit Search(const ModelPlaces& where) : where_(where) {}

  void look_into(const fs::path& folder) {
    if (is_model_folder(folder)) return add(folder, folder.string());
    for (const fs::path& below : folders_in(folder)) {
      if (is_model_folder(below)) add(below, below.string());
    }
    add_files(folder, 0);
  }

  void add_files(const fs::path& folder, int depth) {
    for (const ShelfFile& one : shelf_files(folder, depth)) {
      if (one.fault.empty()) {
        add(one.file, one.file.string());
      } else if (FoundModel* const model = note(one.file, one.file.string())) {
        model->problem = one.fault;
      }
    }
  }

  void add_repositories() {
    for (const auto& [name, snapshot] : repositories(where_.hub_cache)) {
      if (is_model_folder(snapshot)) {
        add(snapshot, name);
      } else {
        for (const fs::path& shelf : shelves_below(snapshot).transformers)
          add_files(shelf, kShelfDepth);
      }
    }
  }

  [[nodiscard]] std::vector<FoundModel> take() { return std::move(found_); }

 private:
  // A new one; null if it is in the list already.
  FoundModel* note(const fs::path& place, const std::string& name) {
    std::error_code error;
    const fs::path same = fs::weakly_canonical(place, error);
    if (!seen_.insert(error ? place : same).second) return nullptr;
    FoundModel& model = found_.emplace_back();
    model.name = name;
    model.place = place;
    return &model;
  }

  void add(const fs::path& place, const std::string& name) {
    FoundModel* const noted = note(place, name);
    if (noted == nullptr) return;
    FoundModel& model = *noted;
    try {
      open(model);
    } catch (const MissingParts& e) {
      model.problem = e.message();
      model.missing = e.parts();
      if (model.get.empty()) model.get = command_for(kTurbo, model.missing);
    } catch (const Error& e) {
      model.problem = e.message();
    }
  }

  // Finds what the folder lacks at once; opening it would only name the first missing file.
  void look_for_missing(FoundModel& model) const {
    if (!is_folder(model.place)) return;
    model.file_bytes = weight_bytes_in(model.place);
    std::vector<std::string> missing = missing_in(model.place);
    // Leave out parts that were given separately.
    std::erase_if(missing, [&](const std::string& part) {
      return part == "text_encoder" ? !where_.text_encoder.empty()
             : part == "vae"        ? !where_.vae.empty()
                                    : part == "tokenizer" && !where_.tokenizer.empty();
    });
    if (missing.empty()) return;
    model.get = is_repository_name(model.name)
                    ? "hf download " + model.name
                    : command_for(repository_for(model.place), missing, model.place);
    throw MissingParts(
        say("{0} lacks {1}; get it with \"{2}\"", model.place, say_parts(missing), model.get),
        missing);
  }

  void open(FoundModel& model) {
    look_for_missing(model);
    ModelPlaces places = where_;
    places.model = model.place.string();
    const ModelFolder opened = open_model(places);
    model.file_bytes = 0;
    std::set<fs::path> files;
    for (const auto& [place, network] : {std::pair(opened.parts.transformer, Network::kTransformer),
                                         {opened.parts.text_encoder, Network::kTextEncoder},
                                         {opened.parts.vae, Network::kVae}}) {
      const NetworkTensors tensors(place, network);
      if (network == Network::kTransformer) model.formats = tensors.formats();
      for (const fs::path& file : tensors.store().files()) {
        std::error_code error;
        if (!files.insert(file).second) continue;
        const auto bytes = fs::file_size(file, error);
        if (!error) model.file_bytes += static_cast<std::int64_t>(bytes);
      }
    }
    model.opened = opened;
  }

  const ModelPlaces& where_;
  std::set<fs::path> seen_;
  std::vector<FoundModel> found_;
};

}  // namespace

std::optional<fs::path> downloaded_repository(const fs::path& hub_cache, const std::string& name) {
  return hub_cache.empty() ? std::nullopt : snapshot_of(repository_folder(hub_cache, name));
}

std::vector<FoundModel> find_models(const std::vector<fs::path>& folders,
                                    const ModelPlaces& where) {
  Search search(where);
  for (const fs::path& folder : folders) search.look_into(folder);
  for (const fs::path& shelf : where.shelves.transformers) search.add_files(shelf, kShelfDepth);
  if (!where.hub_cache.empty()) search.add_repositories();
  return search.take();
}

}  // namespace headroom
