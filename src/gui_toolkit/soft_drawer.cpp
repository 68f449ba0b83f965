#include "soft_drawer.h"

#include "soft_canvas.h"

#include <algorithm>
#include <cstddef>
#include <map>

#include <GLFW/glfw3.h>
#define GLFW_EXPOSE_NATIVE_X11
#include <GLFW/glfw3native.h>
#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <imgui_impl_glfw.h>
#undef Status  // a macro of Xlib, and a member of Dear ImGui's

namespace headroom {
namespace {

bool has_usual_colors(const Visual& visual) {
  return visual.red_mask == 0xFF0000 && visual.green_mask == 0xFF00 && visual.blue_mask == 0xFF;
}

class SoftDrawer final : public FrameDrawer {
 public:
  explicit SoftDrawer(GLFWwindow* window)
      : display_(glfwGetX11Display()), window_(glfwGetX11Window(window)) {
    ImGui_ImplGlfw_InitForOther(window, true);
    ImGuiIO& io = ImGui::GetIO();
    io.BackendFlags |= ImGuiBackendFlags_RendererHasTextures;
    io.BackendFlags |= ImGuiBackendFlags_RendererHasVtxOffset;
    io.BackendRendererName = "headroom_soft_drawer";
    XGetWindowAttributes(display_, window_, &attributes_);
    graphics_ = XCreateGC(display_, window_, 0, nullptr);
  }
  ~SoftDrawer() override {
    XFreeGC(display_, graphics_);
    for (ImTextureData* const texture : ImGui::GetPlatformIO().Textures) forget(*texture);
    ImGuiIO& io = ImGui::GetIO();
    io.BackendFlags &= ~ImGuiBackendFlags_RendererHasTextures;
    io.BackendFlags &= ~ImGuiBackendFlags_RendererHasVtxOffset;
    io.BackendRendererName = nullptr;
    ImGui_ImplGlfw_Shutdown();
  }
  void begin_frame() override { ImGui_ImplGlfw_NewFrame(); }
  [[nodiscard]] bool keeps_pixels() const override { return true; }
  void draw(ImDrawData& data, const std::vector<Area>& areas, unsigned background, int width,
            int height) override {
    if (data.Textures != nullptr) {
      for (ImTextureData* const texture : *data.Textures) follow(*texture);
    }
    canvas_.resize(width, height);
    for (const Area& area : areas) {
      canvas_.draw(data, area, background);
      show(pixels_of(data, area));
    }
    XFlush(display_);
  }

 private:
  // Dear ImGui's own textures, with the letters.
  void follow(ImTextureData& texture) {
    if (texture.Status == ImTextureStatus_WantDestroy) {
      forget(texture);
    } else if (texture.Status != ImTextureStatus_OK) {
      const auto [kept, is_new] = textures_.insert_or_assign(
          texture.UniqueID, SoftTexture(texture.Width, texture.Height, texture.BytesPerPixel,
                                        texture.Pixels, /*has_halves=*/false));
      texture.SetTexID(reinterpret_cast<ImTextureID>(&kept->second));
      texture.SetStatus(ImTextureStatus_OK);
    }
  }
  void forget(ImTextureData& texture) {
    textures_.erase(texture.UniqueID);
    texture.SetTexID(ImTextureID_Invalid);
    texture.SetStatus(ImTextureStatus_Destroyed);
  }

  void show(const PixelBox& box) {
    const int left = std::max(box.left, 0);
    const int top = std::max(box.top, 0);
    const int width = std::min(box.right, canvas_.width()) - left;
    const int height = std::min(box.bottom, canvas_.height()) - top;
    if (width <= 0 || height <= 0) return;
    auto* const pixels = reinterpret_cast<char*>(
        const_cast<std::uint32_t*>(canvas_.pixels().data()));  // which Xlib only reads
    XImage* const image = XCreateImage(
        display_, attributes_.visual, static_cast<unsigned>(attributes_.depth), ZPixmap, 0, pixels,
        static_cast<unsigned>(canvas_.width()), static_cast<unsigned>(canvas_.height()), 32, 0);
    if (image == nullptr) return;
    image->byte_order = LSBFirst;  // the processor's, whatever the server's
    XPutImage(display_, window_, graphics_, image, left, top, left, top,
              static_cast<unsigned>(width), static_cast<unsigned>(height));
    image->data = nullptr;  // ours
    XDestroyImage(image);
  }

  Display* display_;
  ::Window window_;
  XWindowAttributes attributes_{};
  GC graphics_ = nullptr;
  SoftCanvas canvas_;
  std::map<int, SoftTexture> textures_;  // by Dear ImGui's number
};

}  // namespace

bool can_draw_in_software() {
  if (glfwGetPlatform() != GLFW_PLATFORM_X11) return false;
  Display* const display = glfwGetX11Display();
  const int screen = DefaultScreen(display);
  return DefaultDepth(display, screen) >= 24 && has_usual_colors(*DefaultVisual(display, screen));
}

std::unique_ptr<FrameDrawer> make_soft_drawer(GLFWwindow* window) {
  return std::make_unique<SoftDrawer>(window);
}

}  // namespace headroom
