#include "headroom/gui_toolkit/graphics.h"

#include "headroom/core/error.h"
#include "headroom/gui_state/offered_picture.h"
#include "headroom/gui_toolkit/damage.h"
#include "headroom/gui_toolkit/input_order.h"
#include "headroom/gui_toolkit/wake_window.h"

#include "gl_drawer.h"
#include "native_window.h"
#include "soft_drawer.h"
#include "window_events.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <mutex>
#include <utility>
#include <vector>

#include <GLFW/glfw3.h>
#include <imgui.h>
#include <imgui_internal.h>

namespace headroom {
namespace {

// GLFW is global to the process, and other threads post wake-ups to it, so its lifetime must be
// guarded by something global. Nothing else may be kept here.
struct GlfwLife {
  std::mutex mutex;
  bool alive = false;
};
GlfwLife& glfw_life() {
  static GlfwLife life;
  return life;
}

class GlfwLibrary {
 public:
  GlfwLibrary() {
    // Trying Wayland where there is none makes its library complain on stderr.
    const char* const wayland = std::getenv("WAYLAND_DISPLAY");
    if ((wayland == nullptr || *wayland == '\0') && std::getenv("DISPLAY") != nullptr) {
      glfwInitHint(GLFW_PLATFORM, GLFW_PLATFORM_X11);
    }
    start();
  }
  ~GlfwLibrary() { end(); }
  GlfwLibrary(const GlfwLibrary&) = delete;
  GlfwLibrary& operator=(const GlfwLibrary&) = delete;
  void start_again_on_x11() {
    end();
    glfwInitHint(GLFW_PLATFORM, GLFW_PLATFORM_X11);
    start();
  }

 private:
  static void start() {
    if (glfwInit() != GLFW_TRUE) {
      throw Error(ErrorKind::kInternal,
                  "no display to open a window on (" + last_glfw_error() +
                      "); set DISPLAY or WAYLAND_DISPLAY, or use `headroom generate`");
    }
    const std::scoped_lock lock(glfw_life().mutex);
    glfw_life().alive = true;
  }
  static void end() {
    {
      const std::scoped_lock lock(glfw_life().mutex);
      glfw_life().alive = false;
    }
    glfwTerminate();
  }
};

}  // namespace

void wake_window() {
  const std::scoped_lock lock(glfw_life().mutex);
  if (glfw_life().alive) glfwPostEmptyEvent();
}

struct Graphics::State {
  GlfwLibrary library;
  GLFWwindow* window = nullptr;
  WindowEvents events;
  float forced_scale = 0;
  double zoom = 1;
  WindowPlace place;
  Damage damage;
  std::unique_ptr<FrameDrawer> drawer;
  int width = 0, height = 0;  // of the last frame, in pixels
  unsigned background = 0;
};

namespace {

WindowEvents& events_of_main_window() {
  auto* const window = static_cast<GLFWwindow*>(ImGui::GetMainViewport()->PlatformHandle);
  return *static_cast<WindowEvents*>(glfwGetWindowUserPointer(window));
}

bool is_x11() { return glfwGetPlatform() == GLFW_PLATFORM_X11; }

// GLFW waits for another program's answer without a limit, and even for our own.
std::string clipboard_text(WindowEvents& events) {
  events.own_picture.serve();  // the picture may have been replaced by another program
  if (events.own_picture.holds()) return {};
  if (is_x11() && events.reader.owner() != events.text_owner) return events.reader.text();
  const char* const text = glfwGetClipboardString(nullptr);
  return text != nullptr ? text : "";
}

void look_for_picture(WindowEvents& events) {
  if (!events.dropped.empty()) return;
  if (events.own_picture.holds()) {
    events.pasted = PastedPicture{PastedPicture::Fault::kNone, events.own_picture.bytes()};
  } else if (is_x11()) {
    events.reader.ask_picture();
  } else {
    events.pasted = PastedPicture{PastedPicture::Fault::kNotHere};
  }
}

// Fields leave control characters out, and would join what a tab keeps apart: two cells of a table
// would become one number.
void part_by_blanks(std::string& text) {
  const auto is_control = [](char c) {
    return (c >= 0 && c < ' ' && c != '\n' && c != '\r') || c == '\x7f';
  };
  std::replace_if(text.begin(), text.end(), is_control, ' ');
}

// Files copied in a file manager are not pasted as text but treated as if they were dropped.
const char* read_clipboard(ImGuiContext* /*context*/) {
  WindowEvents& events = events_of_main_window();
  events.text = clipboard_text(events);
  if (const auto files = files_in_clipboard(events.text); !files.empty()) {
    events.dropped.insert(events.dropped.end(), files.begin(), files.end());
    events.text.clear();
  }
  if (events.text.empty()) look_for_picture(events);
  part_by_blanks(events.text);
  return events.text.c_str();
}

void write_clipboard(ImGuiContext* /*context*/, const char* text) {
  WindowEvents& events = events_of_main_window();
  glfwSetClipboardString(nullptr, text);
  if (is_x11()) events.text_owner = events.reader.owner();
}

// An input method composes text for a field and shows its candidates below the text cursor.
// Without a field it must be off, or it would swallow shortcuts. Dear ImGui calls this in every
// frame in which any of this changed.
void serve_input_method(ImGuiContext* /*context*/, ImGuiViewport* viewport,
                        ImGuiPlatformImeData* data) {
  auto* const window = static_cast<GLFWwindow*>(viewport->PlatformHandle);
  glfwSetTextInputFocus(window, data->WantTextInput ? GLFW_TRUE : GLFW_FALSE);
  if (!data->WantVisible) return;
  const auto pixel = [](float at) { return static_cast<int>(std::lround(at)); };
  glfwSetPreeditCursorRectangle(window, pixel(data->InputPos.x - viewport->Pos.x),
                                pixel(data->InputPos.y - viewport->Pos.y), 1,
                                pixel(data->InputLineHeight));
}

// Where there is no OpenGL 3, the window is drawn without it. Under Wayland that is not possible,
// but its desktops serve X11, too.
GLFWwindow* open_any_window(const Graphics::Options& options, GlfwLibrary& library) {
  try {
    return open_window(options, /*with_opengl=*/true);
  } catch (const Error&) {
    if (!is_x11() && std::getenv("DISPLAY") != nullptr) library.start_again_on_x11();
    if (!can_draw_in_software()) throw;
    return open_window(options, /*with_opengl=*/false);
  }
}

}  // namespace

Graphics::Graphics(const Options& options) : state_(std::make_unique<State>()) {
  State& s = *state_;
  s.window = open_any_window(options, s.library);
  s.forced_scale = static_cast<float>(options.ui_scale);
  s.zoom = options.zoom;
  glfwSetWindowUserPointer(s.window, &s.events);
  set_icon(s.window, options.icon_folder);
  const bool has_opengl = glfwGetWindowAttrib(s.window, GLFW_CLIENT_API) == GLFW_OPENGL_API;
  if (has_opengl) {
    glfwMakeContextCurrent(s.window);
    glfwSwapInterval(1);
  }
  watch_input(s.window);

  ImGui::CreateContext();
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;  // no window can be moved, so there is nothing to remember
  io.ConfigFlags |= ImGuiConfigFlags_NavEnableKeyboard;
  io.ConfigInputTextCursorBlink = true;
  io.ConfigNavCursorVisibleAuto = true;
  // Dear ImGui's list of windows would show internal names; regions.h has a replacement.
  ImGui::GetCurrentContext()->ConfigNavWindowingKeyNext = 0;
  ImGui::GetCurrentContext()->ConfigNavWindowingKeyPrev = 0;
  s.drawer = has_opengl ? make_gl_drawer(s.window) : make_soft_drawer(s.window);
  ImGui::GetPlatformIO().Platform_SetImeDataFn = serve_input_method;
  ImGui::GetPlatformIO().Platform_GetClipboardTextFn = read_clipboard;
  ImGui::GetPlatformIO().Platform_SetClipboardTextFn = write_clipboard;
}

Graphics::~Graphics() {
  state_->drawer.reset();
  ImGui::DestroyContext();
  glfwDestroyWindow(state_->window);
}

bool Graphics::wants_close() const { return glfwWindowShouldClose(state_->window) == GLFW_TRUE; }

void Graphics::ask_close() { glfwSetWindowShouldClose(state_->window, GLFW_TRUE); }

void Graphics::forget_close() { glfwSetWindowShouldClose(state_->window, GLFW_FALSE); }

void Graphics::show() {
  if (hidden()) glfwRestoreWindow(state_->window);
  glfwRequestWindowAttention(state_->window);
}

namespace {

bool fills_screen(GLFWwindow* window) { return glfwGetWindowMonitor(window) != nullptr; }

}  // namespace

void Graphics::toggle_full_screen() {
  GLFWwindow* const window = state_->window;
  if (fills_screen(window)) {
    const WindowPlace& before = state_->place;
    glfwSetWindowMonitor(window, nullptr, before.x, before.y, before.width, before.height,
                         GLFW_DONT_CARE);
    return;
  }
  GLFWmonitor* const screen = screen_of(place());
  const GLFWvidmode* const mode = screen != nullptr ? glfwGetVideoMode(screen) : nullptr;
  if (mode == nullptr) return;
  glfwSetWindowMonitor(window, screen, 0, 0, mode->width, mode->height, mode->refreshRate);
}

WindowPlace Graphics::place() const {
  WindowPlace& place = state_->place;
  place.maximized = glfwGetWindowAttrib(state_->window, GLFW_MAXIMIZED) == GLFW_TRUE;
  if (place.maximized || hidden() || fills_screen(state_->window)) return place;
  if (glfwGetPlatform() == GLFW_PLATFORM_X11) {
    glfwGetWindowPos(state_->window, &place.x, &place.y);
  }
  glfwGetWindowSize(state_->window, &place.width, &place.height);
  return place;
}

float Graphics::scale() const {
  return content_scale(state_->window, state_->forced_scale) * static_cast<float>(state_->zoom);
}

double Graphics::zoom() const { return state_->zoom; }

void Graphics::set_zoom(double zoom) {
  state_->zoom = zoom;
  limit_size(state_->window, state_->forced_scale, zoom);
}

void Graphics::wait(double seconds) {
  // Requests for our picture come on a connection that GLFW does not watch, and so do answers to
  // us.
  constexpr double kServeEvery_s = 0.1;
  constexpr double kAskEvery_s = 0.01;
  WindowEvents& events = state_->events;
  const double end = glfwGetTime() + seconds;
  // One reading of the clock for test and difference: GLFW aborts at a time below zero.
  for (double left = seconds; left > 0; left = end - glfwGetTime()) {
    double part = left;
    if (events.own_picture.holds()) part = std::min(part, kServeEvery_s);
    if (events.reader.waits()) part = std::min(part, kAskEvery_s);
    const double begun = glfwGetTime();
    read_events(state_->window, part);
    events.own_picture.serve();
    if (auto found = events.reader.take()) events.pasted = std::move(found);
    if (events.pasted) return;
    if (glfwGetTime() - begun < part - 0.001) return;  // something happened
  }
}

std::vector<std::filesystem::path> Graphics::take_dropped() {
  return std::exchange(state_->events.dropped, {});
}

void Graphics::ask_picture() {
  if (is_x11()) {
    look_for_picture(state_->events);
  } else {
    state_->events.pasted = PastedPicture{PastedPicture::Fault::kNoPicture};
  }
}

std::optional<PastedPicture> Graphics::take_pasted() {
  return std::exchange(state_->events.pasted, std::nullopt);
}

bool Graphics::copy_picture(std::string png) {
  return is_x11() && state_->events.own_picture.offer(std::move(png));
}

double Graphics::idle_seconds() const { return glfwGetTime() - state_->events.last_input; }

double Graphics::pressed_at() const { return state_->events.presses.last(); }

bool Graphics::hidden() const {
  return glfwGetWindowAttrib(state_->window, GLFW_ICONIFIED) == GLFW_TRUE;
}

void Graphics::begin_frame() {
  state_->drawer->begin_frame();
  ImVector<ImGuiInputEvent>& waiting = ImGui::GetCurrentContext()->InputEventsQueue;
  const auto taken = static_cast<int>(events_of_frame({waiting.begin(), waiting.end()}));
  const std::vector<ImGuiInputEvent> later(waiting.begin() + taken, waiting.end());
  waiting.resize(taken);
  ImGuiContext& context = *ImGui::GetCurrentContext();
  const PressTimes& presses = state_->events.presses;
  // Dear ImGui tells a double click by the time between two frames.
  if (const auto since = presses.before_next_click({waiting.begin(), waiting.end()})) {
    ImGuiIO& io = ImGui::GetIO();
    io.MouseClickedTime[ImGuiMouseButton_Left] = context.Time + io.DeltaTime - *since;
  }
  ImGui::NewFrame();
  const ImVector<ImGuiInputEvent>& seen = context.InputEventsTrail;
  state_->events.presses.follow({seen.begin(), seen.end()});
  for (const ImGuiInputEvent& event : later) waiting.push_back(event);
}

bool Graphics::holds_input() const { return !ImGui::GetCurrentContext()->InputEventsQueue.empty(); }

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
  if (!s.drawer->keeps_pixels()) areas = {s.damage.screen()};
  s.drawer->draw(data, areas, background, width, height);
}

}  // namespace headroom
