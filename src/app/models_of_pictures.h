#pragma once
#include "cli/command_line.h"

#include <filesystem>
#include <vector>

namespace headroom {

// Pictures that one model finishes, with the settings that open it.
struct FilesOfModel {
  AppConfig config;
  std::vector<std::filesystem::path> files;
};

// The files by the models that they name, each where it is found on this machine; in the order in
// which the models come. The model of `line` has those that name none or one that is not found, and
// all when it was typed. A model that is opened for its pictures is said on standard error.
[[nodiscard]] std::vector<FilesOfModel> by_model(const CommandLine& line,
                                                 const std::vector<std::filesystem::path>& files);

}  // namespace headroom
