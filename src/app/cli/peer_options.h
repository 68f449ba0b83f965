#pragma once
#include "headroom/core/message.h"

#include <string>
#include <string_view>
#include <vector>

namespace headroom {

// What to use in the place of an option that is not there: a sentence's end such as "use --guidance
// ...". `typed` may be another program's spelling, or nearly one of `known`; empty when it is
// neither.
[[nodiscard]] Message option_for(std::string_view typed, const std::vector<std::string>& known);

}  // namespace headroom
