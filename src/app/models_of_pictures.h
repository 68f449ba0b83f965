#pragma once
#include "headroom/cli/command_line.h"

#include <filesystem>
#include <vector>

namespace headroom {

// Pictures to finish with one model, and the settings that open it.
struct FilesOfModel {
  AppConfig config;
  std::vector<std::filesystem::path> files;
};

// Groups the files by the model that they name, if it is found on this machine, in the order in
// which models first occur. Files that name no model, or one that is not found, go to the model of
// `line`, and so do all files if a model was typed. Prints on standard error when another model is
// opened for its pictures.
[[nodiscard]] std::vector<FilesOfModel> by_model(const CommandLine& line,
                                                 const std::vector<std::filesystem::path>& files);

}  // namespace headroom
