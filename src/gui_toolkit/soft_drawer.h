#pragma once
#include "frame_drawer.h"

namespace headroom {

// Whether windows can be drawn without OpenGL: under X11, in usual colours.
[[nodiscard]] bool can_draw_in_software();

// Draws with the processor, into a window without OpenGL.
[[nodiscard]] std::unique_ptr<FrameDrawer> make_soft_drawer(GLFWwindow* window);

}  // namespace headroom
