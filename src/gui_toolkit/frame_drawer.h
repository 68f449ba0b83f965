#pragma once
#include "headroom/gui_toolkit/damage.h"

#include <memory>
#include <vector>

#include <imgui.h>

struct GLFWwindow;

namespace headroom {

// How the frames of a window get onto the screen, and Dear ImGui's link to it. Implemented with
// OpenGL 3 (gl_drawer.h) and, for displays without it, by the processor (soft_drawer.h). Main
// thread.
class FrameDrawer {
 public:
  FrameDrawer() = default;
  virtual ~FrameDrawer() = default;
  FrameDrawer(const FrameDrawer&) = delete;
  FrameDrawer& operator=(const FrameDrawer&) = delete;
  virtual void begin_frame() = 0;  // before ImGui::NewFrame()
  // Whether what was drawn is there for the next frame, so that only what changed need be drawn.
  [[nodiscard]] virtual bool keeps_pixels() const = 0;
  // Draws these areas anew, over `background` (IM_COL32), and shows them. Width and height of the
  // whole window in pixels.
  virtual void draw(ImDrawData& data, const std::vector<Area>& areas, unsigned background,
                    int width, int height) = 0;
};

// An area in the window's pixels.
struct PixelBox {
  int left = 0, top = 0, right = 0, bottom = 0;
};
[[nodiscard]] PixelBox pixels_of(const ImDrawData& data, const Area& area);

}  // namespace headroom
