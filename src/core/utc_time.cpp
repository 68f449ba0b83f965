#include "headroom/core/utc_time.h"

#include <array>

namespace headroom {

std::string utc_text(std::time_t seconds_since_1970) {
  std::tm utc{};
  ::gmtime_r(&seconds_since_1970, &utc);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text.data();
}

}  // namespace headroom
