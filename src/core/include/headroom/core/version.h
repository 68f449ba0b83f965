#pragma once
#include <string_view>

namespace headroom {

// The one place where the version stands; the build reads it from here.
inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace headroom
