#pragma once
#include <string_view>

namespace headroom {

// The only place that states the version; the build reads it from here.
inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace headroom
