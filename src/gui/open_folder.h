#pragma once
#include <filesystem>

namespace headroom {

// Shows `folder` in the desktop's file manager (xdg-open, without a shell). Does not wait for it.
// Throws Error{kIo} when the folder is gone or nothing can open it.
void open_folder(const std::filesystem::path& folder);

}  // namespace headroom
