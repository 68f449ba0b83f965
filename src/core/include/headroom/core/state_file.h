#pragma once
#include "headroom/core/message.h"

#include <filesystem>
#include <string>
#include <string_view>

namespace headroom {

// Puts `text` in the place of a small file that the program keeps between its runs, making its
// folder if need be: whole or not at all. Throws Error{kIo}: "cannot ACTION FILE: REASON; WAY_OUT".
void write_state_file(const std::filesystem::path& file, std::string_view text,
                      const Message& action, const Message& way_out);

// All of such a file; nothing when it is not there or cannot be read.
[[nodiscard]] std::string read_state_file(const std::filesystem::path& file);

}  // namespace headroom
