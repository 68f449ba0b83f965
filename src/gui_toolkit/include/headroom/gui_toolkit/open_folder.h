#pragma once
#include <filesystem>

namespace headroom {

// Shows `folder` in the desktop's file manager (xdg-open, without a shell). Does not wait for it.
// Throws Error{kIo} when the folder is gone or nothing can open it.
void open_folder(const std::filesystem::path& folder);

// Likewise the folder of `file`, with the file selected where the file manager can do that
// (org.freedesktop.FileManager1 over D-Bus).
void show_file(const std::filesystem::path& file);

}  // namespace headroom
