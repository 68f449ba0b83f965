#pragma once
#include "headroom/core/message.h"

#include <span>
#include <string>
#include <string_view>

namespace headroom {

// "a", "a or b", "a, b or c": what may be chosen, in a sentence. Empty when there is nothing.
[[nodiscard]] std::string or_list(std::span<const std::string_view> names);
// The same in the language's words.
[[nodiscard]] Message say_or_list(std::span<const std::string_view> names);

}  // namespace headroom
