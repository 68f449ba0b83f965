#pragma once
#include <functional>

namespace headroom {

// Calls `work` with 0 to `shares` - 1, each on a thread of its own, and waits for all of them.
// Passes on what the first of them threw.
void in_parallel(int shares, const std::function<void(int)>& work);

}  // namespace headroom
