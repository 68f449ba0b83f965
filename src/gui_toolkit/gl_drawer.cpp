#include "gl_drawer.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

#include <GL/gl.h>
#include <GLFW/glfw3.h>
#include <imgui_impl_glfw.h>
#include <imgui_impl_opengl3.h>

namespace headroom {
namespace {

// Mesa's software renderer copies its buffer to the screen, so the buffer still has the last
// frame. A GPU may use another buffer for each frame, but is fast enough to draw everything.
bool is_software(const char* renderer) {
  return renderer != nullptr && std::string_view(renderer).starts_with("llvmpipe");
}

// Draws the part of the frame inside `area`; the target is `height_px` high.
void draw_area(ImDrawData& data, const Area& area, const ImVec4& background, int height_px) {
  const PixelBox box = pixels_of(data, area);
  glEnable(GL_SCISSOR_TEST);
  glScissor(box.left, height_px - box.bottom, box.right - box.left, box.bottom - box.top);
  glClearColor(background.x, background.y, background.z, 1.0F);
  glClear(GL_COLOR_BUFFER_BIT);
  std::vector<ImVec4> clips;
  for (ImDrawList* const list : data.CmdLists) {
    for (ImDrawCmd& command : list->CmdBuffer) {
      ImVec4& clip = command.ClipRect;
      clips.push_back(clip);
      clip = {std::max(clip.x, area.low.x), std::max(clip.y, area.low.y),
              std::min(clip.z, area.high.x), std::min(clip.w, area.high.y)};
    }
  }
  ImGui_ImplOpenGL3_RenderDrawData(&data);
  std::size_t i = 0;
  for (ImDrawList* const list : data.CmdLists) {
    for (ImDrawCmd& command : list->CmdBuffer) command.ClipRect = clips[i++];
  }
}

class GlDrawer final : public FrameDrawer {
 public:
  explicit GlDrawer(GLFWwindow* window)
      : window_(window),
        keeps_pixels_(is_software(reinterpret_cast<const char*>(glGetString(GL_RENDERER)))) {
    ImGui_ImplGlfw_InitForOpenGL(window, true);
    ImGui_ImplOpenGL3_Init("#version 130");
  }
  ~GlDrawer() override {
    ImGui_ImplOpenGL3_Shutdown();
    ImGui_ImplGlfw_Shutdown();
  }
  void begin_frame() override {
    ImGui_ImplOpenGL3_NewFrame();
    ImGui_ImplGlfw_NewFrame();
  }
  [[nodiscard]] bool keeps_pixels() const override { return keeps_pixels_; }
  void draw(ImDrawData& data, const std::vector<Area>& areas, unsigned background, int width,
            int height) override {
    for (const Area& area : areas) {
      glViewport(0, 0, width, height);
      draw_area(data, area, ImGui::ColorConvertU32ToFloat4(background), height);
    }
    glfwSwapBuffers(window_);
  }

 private:
  GLFWwindow* window_;
  bool keeps_pixels_;
};

}  // namespace

std::unique_ptr<FrameDrawer> make_gl_drawer(GLFWwindow* window) {
  return std::make_unique<GlDrawer>(window);
}

}  // namespace headroom
