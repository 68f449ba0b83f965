#pragma once
#include <filesystem>

namespace headroom {

// Shows `folder` in the desktop's file manager (xdg-open, without a shell), without waiting for
// it. Throws Error{kIo} when the folder does not exist or nothing can open it.
void open_folder(const std::filesystem::path& folder);

// The same for the folder of `file`; the file is selected if the file manager can do that
// (org.freedesktop.FileManager1 over D-Bus).
void show_file(const std::filesystem::path& file);

}  // namespace headroom
