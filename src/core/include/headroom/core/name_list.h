#pragma once
#include <span>
#include <string>
#include <string_view>

namespace headroom {

// "a", "a or b", "a, b or c": what may be chosen, in a sentence. Empty when there is nothing.
[[nodiscard]] std::string or_list(std::span<const std::string_view> names);

}  // namespace headroom
