#include "models_of_pictures.h"

#include "headroom/core/error.h"
#include "headroom/core/quote.h"
#include "headroom/image/picture_info.h"
#include "headroom/model_files/open_model.h"
#include "headroom/records/find_settings.h"

#include "chosen_model.h"
#include "offer_models.h"
#include "open_on_device.h"

#include <algorithm>
#include <cstdio>
#include <optional>
#include <string>
#include <utility>

namespace headroom {
namespace fs = std::filesystem;
namespace {

// Empty when the picture names no model or cannot be read; the latter is reported when it is its
// turn.
std::string model_of(const fs::path& file) {
  try {
    const auto settings = find_settings(read_picture_info(file).texts);
    return settings ? settings->model : std::string();
  } catch (const Error&) {
    return {};
  }
}

// Empty when the model cannot be opened.
std::string chosen_name(const ModelOptions& options) {
  try {
    return open_model(chosen_places(options)).info.name;
  } catch (const Error&) {
    return {};
  }
}

// Settings that open the model of this name; nothing when it is not on this machine.
std::optional<AppConfig> config_for(const std::string& name, const AppConfig& config) {
  for (const FoundModel& model : models_here(config.model)) {
    if (!model.opened || model.opened->info.name != name) continue;
    std::fprintf(stderr, "headroom: pictures of %s are finished with it: %s\n",
                 printable(name).c_str(), printable(model.place.string()).c_str());
    SessionChoice choice = choice_of(config);
    choice.model = model.name;
    return with_choice(config, choice);
  }
  return std::nullopt;
}

}  // namespace

std::vector<FilesOfModel> by_model(const CommandLine& line, const std::vector<fs::path>& files) {
  if (line.model_is_typed) return {{line.config, files}};
  const std::string chosen = chosen_name(line.config.model);
  std::vector<std::pair<std::string, FilesOfModel>> groups;
  for (const fs::path& file : files) {
    std::string name = model_of(file);
    if (name.empty()) name = chosen;
    auto group = std::ranges::find(groups, name, [](const auto& g) { return g.first; });
    if (group == groups.end()) {
      AppConfig config = line.config;
      if (name != chosen) config = config_for(name, line.config).value_or(line.config);
      groups.push_back({name, {std::move(config), {}}});
      group = groups.end() - 1;
    }
    group->second.files.push_back(file);
  }
  std::vector<FilesOfModel> all;
  all.reserve(groups.size());
  for (auto& [name, group] : groups) all.push_back(std::move(group));
  return all;
}

}  // namespace headroom
