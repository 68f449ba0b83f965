#pragma once
#include "headroom/core/message.h"

#include <vector>

namespace headroom {

// What was wrong before the program was loaded, and was told on the terminal then. Main thread.
[[nodiscard]] std::vector<Message>& start_warnings();

}  // namespace headroom
