#pragma once
#include <string>

namespace headroom {

// The code of the wanted language; for "auto", that of the desktop's language.
[[nodiscard]] std::string choose_language(const std::string& wanted);

}  // namespace headroom
