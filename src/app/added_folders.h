#pragma once
#include <filesystem>
#include <vector>

namespace headroom {

// Folders that were added in the window and are searched for models, besides those of the
// settings. They are stored for later starts, and the command line searches them, too.
[[nodiscard]] std::vector<std::filesystem::path> added_folders();

// Throws Error{kIo} if it is not a folder or the list cannot be written.
void add_folder(const std::filesystem::path& folder);
// Ignores a folder that is not in the list. Throws Error{kIo} if the list cannot be written.
void remove_folder(const std::filesystem::path& folder);

}  // namespace headroom
