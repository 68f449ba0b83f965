#pragma once
#include <chrono>
#include <filesystem>
#include <string_view>

namespace headroom {

// Writes `bytes` to `file` so that it is either whole or absent: a temporary file in the same
// folder, fsync, then a link or rename that never replaces an existing file. Creates missing
// folders. May be called from any number of threads. Throws Error{kIo} naming the file and the
// reason (full disk, already exists, ...).
void write_new_file(const std::filesystem::path& file, std::string_view bytes);

// Saves `bytes`, a file of usual_format(), as `dir`/outputs_YYYYMMDDHHMMSS in local time at `now`,
// with that format's extension; `_2`, `_3`, ... is added while the name is taken. Returns the
// path.
[[nodiscard]] std::filesystem::path save_picture_in(const std::filesystem::path& dir,
                                                    std::chrono::system_clock::time_point now,
                                                    std::string_view bytes);

}  // namespace headroom
