#pragma once
#include "headroom/core/message.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace headroom {

// Replaces a small file that the program keeps between its runs by `text`, either whole or not at
// all, and makes its folder if necessary. Throws Error{kIo}: "cannot ACTION FILE: REASON;
// WAY_OUT".
void write_state_file(const std::filesystem::path& file, std::string_view text,
                      const Message& action, const Message& way_out);

// The file's content; empty when it does not exist or cannot be read.
[[nodiscard]] std::string read_state_file(const std::filesystem::path& file);

}  // namespace headroom
