#pragma once
#include <filesystem>
#include <vector>

namespace headroom {

// Folders that the window was told to look for models in, besides those of the settings. They are
// kept from one start to the next, and the command line looks into them, too.
[[nodiscard]] std::vector<std::filesystem::path> added_folders();

// Throws Error{kIo} for what is no folder, and where it cannot be written down.
void add_folder(const std::filesystem::path& folder);
// One that is not among them changes nothing. Throws Error{kIo} where that cannot be written down.
void remove_folder(const std::filesystem::path& folder);

}  // namespace headroom
