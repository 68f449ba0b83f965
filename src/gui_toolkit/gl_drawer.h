#pragma once
#include "frame_drawer.h"

namespace headroom {

// Draws with OpenGL 3. The window's context must be current.
[[nodiscard]] std::unique_ptr<FrameDrawer> make_gl_drawer(GLFWwindow* window);

}  // namespace headroom
