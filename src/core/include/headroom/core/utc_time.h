#pragma once
#include <ctime>
#include <string>

namespace headroom {

// A moment in UTC to the second, as in ISO 8601: "2026-11-24T14:09:15Z".
[[nodiscard]] std::string utc_text(std::time_t seconds_since_1970);

}  // namespace headroom
