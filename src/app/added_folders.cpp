#include "added_folders.h"

#include "headroom/config/paths.h"
#include "headroom/core/error.h"
#include "headroom/core/state_file.h"

#include <algorithm>
#include <sstream>
#include <string>
#include <system_error>

namespace headroom {
namespace fs = std::filesystem;
namespace {

// One folder per line.
void write(const std::vector<fs::path>& folders) {
  std::string text;
  for (const fs::path& folder : folders) text += folder.string() + "\n";
  write_state_file(added_folders_file(), text, say("remember where models are in"),
                   say("name the folder after model.folders in config.yaml instead"));
}

}  // namespace

std::vector<fs::path> added_folders() {
  std::vector<fs::path> folders;
  std::istringstream lines(read_state_file(added_folders_file()));
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty()) folders.emplace_back(line);
  }
  return folders;
}

void add_folder(const fs::path& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error) || folder.string().find('\n') != std::string::npos) {
    throw Error(ErrorKind::kIo,
                say("{0} is no folder; name the folder that models are in", folder));
  }
  std::vector<fs::path> folders = added_folders();
  if (std::ranges::find(folders, folder) != folders.end()) return;
  folders.push_back(folder);
  write(folders);
}

void remove_folder(const fs::path& folder) {
  std::vector<fs::path> folders = added_folders();
  if (std::erase(folders, folder) > 0) write(folders);
}

}  // namespace headroom
