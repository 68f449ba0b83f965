#pragma once
#include "headroom/core/message.h"

#include <string>
#include <string_view>
#include <vector>

namespace headroom {

// What to use instead of an unknown option: the end of a sentence such as "use --guidance ...".
// `typed` may be another program's option or a misspelling of one in `known`; otherwise the result
// is empty.
[[nodiscard]] Message option_for(std::string_view typed, const std::vector<std::string>& known);

}  // namespace headroom
