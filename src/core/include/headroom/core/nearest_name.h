#pragma once
#include "headroom/core/message.h"

#include <string>
#include <string_view>
#include <vector>

namespace headroom {

// The one of `names` that a person most likely meant by `typed`; empty when none is close.
[[nodiscard]] std::string nearest_name(std::string_view typed,
                                       const std::vector<std::string>& names);
// The same, but at most `most` characters may be added, removed or replaced.
[[nodiscard]] std::string nearest_name(std::string_view typed,
                                       const std::vector<std::string>& names, std::size_t most);

// " (did you mean X?)" with the nearest of `names`, else " (known: A, B, C)".
[[nodiscard]] Message suggest(std::string_view typed, const std::vector<std::string>& names);

}  // namespace headroom
