#pragma once

namespace headroom {

// Makes a sleeping window draw again. From any thread, at any time; without a window it does
// nothing.
void wake_window();

}  // namespace headroom
