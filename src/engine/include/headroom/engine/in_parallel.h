#pragma once
#include <functional>

namespace headroom {

// Calls `work` with 0 to `shares` - 1, each on its own thread, and waits for all of them. Rethrows
// the first exception that one of them threw.
void in_parallel(int shares, const std::function<void(int)>& work);

}  // namespace headroom
