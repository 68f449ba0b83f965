#include "graphics.h"

#include "headroom/core/error.h"
#include "headroom/gui/window.h"
#include "headroom/image/png_writer.h"

#include "damage.h"
#include "layout.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <mutex>
#include <string_view>
#include <vector>

#include <GL/gl.h>
#include <GLFW/glfw3.h>
#include <imgui.h>
#include <imgui_impl_glfw.h>
#include <imgui_impl_opengl3.h>
#include <imgui_internal.h>

namespace headroom {
namespace {

// GLFW is global to the process and other threads post wake-ups into it, so that its lifetime has
// to be guarded by something that is global too. Nothing else may live here.
struct GlfwLife {
  std::mutex mutex;
  bool alive = false;
};
GlfwLife& glfw_life() {
  static GlfwLife life;
  return life;
}

std::string last_glfw_error() {
  const char* text = nullptr;
  glfwGetError(&text);
  return text == nullptr ? "unknown reason" : text;
}

class GlfwLibrary {
 public:
  GlfwLibrary() {
    // Looking for Wayland where there is none makes its library complain on stderr.
    const char* const wayland = std::getenv("WAYLAND_DISPLAY");
    if ((wayland == nullptr || *wayland == '\0') && std::getenv("DISPLAY") != nullptr) {
      glfwInitHint(GLFW_PLATFORM, GLFW_PLATFORM_X11);
    }
    if (glfwInit() != GLFW_TRUE) {
      throw Error(ErrorKind::kInternal,
                  "no display to open a window on (" + last_glfw_error() +
                      "); set DISPLAY or WAYLAND_DISPLAY, or use `headroom generate`");
    }
    const std::scoped_lock lock(glfw_life().mutex);
    glfw_life().alive = true;
  }
  ~GlfwLibrary() {
    {
      const std::scoped_lock lock(glfw_life().mutex);
      glfw_life().alive = false;
    }
    glfwTerminate();
  }
  GlfwLibrary(const GlfwLibrary&) = delete;
  GlfwLibrary& operator=(const GlfwLibrary&) = delete;
};

// Where it was, as far as that is still on the screen.
void put_back(GLFWwindow* window, const Graphics::Place& place, const Graphics::Place& area) {
  int width = place.width;
  int height = place.height;
  if (area.width > 0) {
    width = std::min(width, area.width);
    height = std::min(height, area.height);
    glfwSetWindowPos(window, std::clamp(place.x, area.x, area.x + area.width - width),
                     std::clamp(place.y, area.y, area.y + area.height - height));
  }
  glfwSetWindowSize(window, width, height);
  if (place.maximized) glfwMaximizeWindow(window);
}

// Of the user interface on `window`, or on the screen where one will open.
float content_scale(GLFWwindow* window, double forced) {
  if (forced > 0) return static_cast<float>(forced);
  float x = 1;
  float y = 1;
  if (window != nullptr) {
    glfwGetWindowContentScale(window, &x, &y);
  } else if (GLFWmonitor* const monitor = glfwGetPrimaryMonitor(); monitor != nullptr) {
    glfwGetMonitorContentScale(monitor, &x, &y);
  }
  return x > 0.5F ? x : 1.0F;
}

// The first size and the smallest are design pixels, but no window is larger than the screen.
GLFWwindow* open_window(const Graphics::Options& options) {
  glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
  glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 0);
  glfwWindowHintString(GLFW_X11_CLASS_NAME, "headroom");  // ties the window to headroom.desktop
  glfwWindowHintString(GLFW_X11_INSTANCE_NAME, "headroom");
  glfwWindowHintString(GLFW_WAYLAND_APP_ID, "headroom");
  // Wayland counts a window in points, not in pixels.
  const bool in_pixels = glfwGetPlatform() == GLFW_PLATFORM_X11;
  const float scale = in_pixels ? content_scale(nullptr, options.ui_scale) : 1.0F;
  const auto pixels = [&](int design_px) {
    return static_cast<int>(std::lround(static_cast<float>(design_px) * scale));
  };
  int width = pixels(options.width);
  int height = pixels(options.height);
  int least_width = pixels(kLeastWidth_px);
  int least_height = pixels(kLeastHeight_px);
  int x = 0;
  int y = 0;
  int area_width = 0;
  int area_height = 0;
  if (GLFWmonitor* monitor = glfwGetPrimaryMonitor(); monitor != nullptr) {
    glfwGetMonitorWorkarea(monitor, &x, &y, &area_width, &area_height);
    if (area_width > 0) {
      width = std::min(width, area_width);
      least_width = std::min(least_width, area_width);
    }
    if (area_height > 0) {
      height = std::min(height, area_height);
      least_height = std::min(least_height, area_height);
    }
  }
  GLFWwindow* const window =
      glfwCreateWindow(width, height, options.title.c_str(), nullptr, nullptr);
  if (window == nullptr) {
    throw Error(ErrorKind::kInternal,
                "no display that offers OpenGL 3 (" + last_glfw_error() +
                    "); try LIBGL_ALWAYS_SOFTWARE=1, or use `headroom generate`");
  }
  glfwSetWindowSizeLimits(window, least_width, least_height, GLFW_DONT_CARE, GLFW_DONT_CARE);
  if (options.place) {
    put_back(window, *options.place, {x, y, area_width, area_height});
  }
  return window;
}

// The icon is a rounded square; its reader fills what was transparent with white, so the corners
// are cut out again. Returns RGBA.
std::vector<unsigned char> with_round_corners(const Image& image) {
  const double size = image.width;
  const double radius = 0.22 * size;
  std::vector<unsigned char> rgba;
  rgba.reserve(image.rgb.size() / 3 * 4);
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      const double dx = std::max({radius - (x + 0.5), x + 0.5 - (size - radius), 0.0});
      const double dy = std::max({radius - (y + 0.5), y + 0.5 - (size - radius), 0.0});
      const double inside = std::clamp(radius - std::hypot(dx, dy) + 0.5, 0.0, 1.0);
      const auto* const pixel = &image.rgb[3 * (static_cast<std::size_t>(y) * image.width + x)];
      rgba.insert(rgba.end(),
                  {pixel[0], pixel[1], pixel[2], static_cast<unsigned char>(255 * inside)});
    }
  }
  return rgba;
}

void set_icon(GLFWwindow* window, const std::filesystem::path& folder) {
  std::vector<std::vector<unsigned char>> pixels;
  std::vector<GLFWimage> icons;
  for (const int size : {16, 32, 48, 128}) {
    const auto file = folder / ("headroom-" + std::to_string(size) + ".png");
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(file, ignored)) continue;
    const Image image = read_image(file);
    pixels.push_back(with_round_corners(image));
    icons.push_back({image.width, image.height, pixels.back().data()});
  }
  if (!icons.empty()) glfwSetWindowIcon(window, static_cast<int>(icons.size()), icons.data());
}

}  // namespace

void wake_window() {
  const std::scoped_lock lock(glfw_life().mutex);
  if (glfw_life().alive) glfwPostEmptyEvent();
}

// What GLFW's callbacks tell.
struct WindowEvents {
  double last_input = 0;
  bool exposed = true;  // the system has lost what the window showed
};

struct Graphics::State {
  GlfwLibrary library;
  GLFWwindow* window = nullptr;
  WindowEvents events;
  float forced_scale = 0;
  Graphics::Place place;
  Damage damage;
  bool keeps_pixels = false;  // what is drawn stays for the next frame
  int width = 0, height = 0;  // of the last frame, in pixels
  unsigned background = 0;
};

namespace {

void touch(GLFWwindow* window) {
  static_cast<WindowEvents*>(glfwGetWindowUserPointer(window))->last_input = glfwGetTime();
}

void expose(GLFWwindow* window) {
  touch(window);
  static_cast<WindowEvents*>(glfwGetWindowUserPointer(window))->exposed = true;
}

// Dear ImGui chains to callbacks that were there before it.
void watch_input(GLFWwindow* window) {
  glfwSetKeyCallback(window, [](GLFWwindow* w, int, int, int, int) { touch(w); });
  glfwSetCharCallback(window, [](GLFWwindow* w, unsigned) { touch(w); });
  glfwSetMouseButtonCallback(window, [](GLFWwindow* w, int, int, int) { touch(w); });
  glfwSetScrollCallback(window, [](GLFWwindow* w, double, double) { touch(w); });
  glfwSetCursorPosCallback(window, [](GLFWwindow* w, double, double) { touch(w); });
  glfwSetCursorEnterCallback(window, [](GLFWwindow* w, int) { touch(w); });
  glfwSetWindowFocusCallback(window, [](GLFWwindow* w, int) { touch(w); });
  glfwSetFramebufferSizeCallback(window, [](GLFWwindow* w, int, int) { expose(w); });
  glfwSetWindowRefreshCallback(window, [](GLFWwindow* w) { expose(w); });
}

// Mesa's renderer on the processor copies what was drawn to the screen, so that it is still there
// for the next frame. A card may hand out another buffer each time; it draws all of them in no
// time.
bool is_software(const char* renderer) {
  return renderer != nullptr && std::string_view(renderer).starts_with("llvmpipe");
}

}  // namespace

Graphics::Graphics(const Options& options) : state_(std::make_unique<State>()) {
  State& s = *state_;
  s.window = open_window(options);
  s.forced_scale = static_cast<float>(options.ui_scale);
  glfwSetWindowUserPointer(s.window, &s.events);
  set_icon(s.window, options.icon_folder);
  glfwMakeContextCurrent(s.window);
  glfwSwapInterval(1);
  watch_input(s.window);
  s.keeps_pixels = is_software(reinterpret_cast<const char*>(glGetString(GL_RENDERER)));

  ImGui::CreateContext();
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;  // nothing of ours can be moved, so there is nothing to remember
  io.ConfigFlags |= ImGuiConfigFlags_NavEnableKeyboard;
  io.ConfigInputTextCursorBlink = true;
  io.ConfigNavCursorVisibleAuto = true;
  // Its list of windows would show names that only the program knows; see regions.h instead.
  ImGui::GetCurrentContext()->ConfigNavWindowingKeyNext = 0;
  ImGui::GetCurrentContext()->ConfigNavWindowingKeyPrev = 0;
  ImGui_ImplGlfw_InitForOpenGL(s.window, true);
  ImGui_ImplOpenGL3_Init("#version 130");
}

Graphics::~Graphics() {
  ImGui_ImplOpenGL3_Shutdown();
  ImGui_ImplGlfw_Shutdown();
  ImGui::DestroyContext();
  glfwDestroyWindow(state_->window);
}

bool Graphics::wants_close() const { return glfwWindowShouldClose(state_->window) == GLFW_TRUE; }

void Graphics::forget_close() { glfwSetWindowShouldClose(state_->window, GLFW_FALSE); }

void Graphics::show() {
  if (hidden()) glfwRestoreWindow(state_->window);
  glfwRequestWindowAttention(state_->window);
}

Graphics::Place Graphics::place() const {
  Place& place = state_->place;
  place.maximized = glfwGetWindowAttrib(state_->window, GLFW_MAXIMIZED) == GLFW_TRUE;
  if (place.maximized || hidden()) return place;
  if (glfwGetPlatform() == GLFW_PLATFORM_X11) {
    glfwGetWindowPos(state_->window, &place.x, &place.y);
  }
  glfwGetWindowSize(state_->window, &place.width, &place.height);
  return place;
}

float Graphics::scale() const { return content_scale(state_->window, state_->forced_scale); }

void Graphics::wait(double seconds) {
  if (seconds > 0) {
    glfwWaitEventsTimeout(seconds);
  } else {
    glfwPollEvents();
  }
}

double Graphics::idle_seconds() const { return glfwGetTime() - state_->events.last_input; }

bool Graphics::hidden() const {
  return glfwGetWindowAttrib(state_->window, GLFW_ICONIFIED) == GLFW_TRUE;
}

void Graphics::begin_frame() {
  ImGui_ImplOpenGL3_NewFrame();
  ImGui_ImplGlfw_NewFrame();
  ImGui::NewFrame();
}

namespace {

// Draws what lies in `area`, a part of the target that is `height_px` high.
void draw_area(ImDrawData& data, const Area& area, const ImVec4& background, int height_px) {
  const ImVec2 scale = data.FramebufferScale;
  const auto pixel = [](float at) { return static_cast<int>(std::lround(at)); };
  const int left = pixel((area.low.x - data.DisplayPos.x) * scale.x);
  const int right = pixel((area.high.x - data.DisplayPos.x) * scale.x);
  const int top = pixel((area.low.y - data.DisplayPos.y) * scale.y);
  const int bottom = pixel((area.high.y - data.DisplayPos.y) * scale.y);
  glEnable(GL_SCISSOR_TEST);
  glScissor(left, height_px - bottom, right - left, bottom - top);
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

}  // namespace

void Graphics::end_frame(unsigned background) {
  ImGui::Render();
  State& s = *state_;
  int width = 0;
  int height = 0;
  glfwGetFramebufferSize(s.window, &width, &height);
  if (width <= 0 || height <= 0) return;
  if (width != s.width || height != s.height || background != s.background || s.events.exposed) {
    s.damage.forget();
  }
  s.width = width;
  s.height = height;
  s.background = background;
  s.events.exposed = false;
  ImDrawData& data = *ImGui::GetDrawData();
  std::vector<Area> areas = s.damage.look(data);
  if (areas.empty()) return;
  if (!s.keeps_pixels) areas = {s.damage.screen()};
  for (const Area& area : areas) {
    glViewport(0, 0, width, height);
    draw_area(data, area, ImGui::ColorConvertU32ToFloat4(background), height);
  }
  glfwSwapBuffers(s.window);
}

}  // namespace headroom
