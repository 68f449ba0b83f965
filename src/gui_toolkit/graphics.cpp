#include "headroom/gui_toolkit/graphics.h"

#include "headroom/core/error.h"
#include "headroom/gui_state/offered_picture.h"
#include "headroom/gui_toolkit/damage.h"
#include "headroom/gui_toolkit/input_order.h"
#include "headroom/gui_toolkit/wake_window.h"

#include "native_window.h"
#include "window_events.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

#include <GL/gl.h>
#include <GLFW/glfw3.h>
#include <imgui.h>
#include <imgui_impl_glfw.h>
#include <imgui_impl_opengl3.h>
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
  bool keeps_pixels = false;  // the frame buffer keeps its content for the next frame
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

// Mesa's software renderer copies its buffer to the screen, so the buffer still has the last
// frame. A GPU may use another buffer for each frame, but is fast enough to draw everything.
bool is_software(const char* renderer) {
  return renderer != nullptr && std::string_view(renderer).starts_with("llvmpipe");
}

}  // namespace

Graphics::Graphics(const Options& options) : state_(std::make_unique<State>()) {
  State& s = *state_;
  s.window = open_window(options);
  s.forced_scale = static_cast<float>(options.ui_scale);
  s.zoom = options.zoom;
  glfwSetWindowUserPointer(s.window, &s.events);
  set_icon(s.window, options.icon_folder);
  glfwMakeContextCurrent(s.window);
  glfwSwapInterval(1);
  watch_input(s.window);
  s.keeps_pixels = is_software(reinterpret_cast<const char*>(glGetString(GL_RENDERER)));

  ImGui::CreateContext();
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;  // no window can be moved, so there is nothing to remember
  io.ConfigFlags |= ImGuiConfigFlags_NavEnableKeyboard;
  io.ConfigInputTextCursorBlink = true;
  io.ConfigNavCursorVisibleAuto = true;
  // Dear ImGui's list of windows would show internal names; regions.h has a replacement.
  ImGui::GetCurrentContext()->ConfigNavWindowingKeyNext = 0;
  ImGui::GetCurrentContext()->ConfigNavWindowingKeyPrev = 0;
  ImGui_ImplGlfw_InitForOpenGL(s.window, true);
  ImGui::GetPlatformIO().Platform_SetImeDataFn = serve_input_method;
  ImGui::GetPlatformIO().Platform_GetClipboardTextFn = read_clipboard;
  ImGui::GetPlatformIO().Platform_SetClipboardTextFn = write_clipboard;
  ImGui_ImplOpenGL3_Init("#version 130");
}

Graphics::~Graphics() {
  ImGui_ImplOpenGL3_Shutdown();
  ImGui_ImplGlfw_Shutdown();
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
  for (const double end = glfwGetTime() + seconds; glfwGetTime() < end;) {
    double part = end - glfwGetTime();
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
  ImGui_ImplOpenGL3_NewFrame();
  ImGui_ImplGlfw_NewFrame();
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

namespace {

// Draws the part of the frame inside `area`; the target is `height_px` high.
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
