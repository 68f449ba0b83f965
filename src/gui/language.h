#pragma once
#include <string>

namespace headroom {

// "en" or "zh": what was asked for, else the desktop's language.
[[nodiscard]] std::string choose_language(const std::string& wanted);

}  // namespace headroom
