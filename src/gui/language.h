#pragma once
#include <string>

namespace headroom {

// The code of what was asked for, else of the desktop's language.
[[nodiscard]] std::string choose_language(const std::string& wanted);

}  // namespace headroom
