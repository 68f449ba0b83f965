#include "window_events.h"

#include <algorithm>

#define GLFW_EXPOSE_NATIVE_X11
#include <GLFW/glfw3.h>
#include <GLFW/glfw3native.h>
#include <X11/Xlib.h>
#include <imgui.h>
#include <imgui_internal.h>

namespace headroom {
namespace {

WindowEvents& events_of(GLFWwindow* window) {
  return *static_cast<WindowEvents*>(glfwGetWindowUserPointer(window));
}

void touch(GLFWwindow* window) { events_of(window).last_input = glfwGetTime(); }

void expose(GLFWwindow* window) {
  touch(window);
  events_of(window).exposed = true;
}

// Dear ImGui's own callback runs next and makes an event of it.
void note_press(GLFWwindow* window, double at_s) {
  if (const ImGuiContext* const context = ImGui::GetCurrentContext(); context != nullptr)
    events_of(window).presses.arrived(context->InputEventsNextEventId, at_s);
}

void take_key(GLFWwindow* window, int /*key*/, int /*code*/, int action, int /*mods*/) {
  touch(window);
  if (action == GLFW_PRESS) note_press(window, glfwGetTime());
}

void take_button(GLFWwindow* window, int button, int action, int /*mods*/) {
  touch(window);
  if (action != GLFW_PRESS) return;
  double at_s = glfwGetTime();
  std::vector<double>& clicks = events_of(window).clicks_at;
  if (button == GLFW_MOUSE_BUTTON_LEFT && !clicks.empty()) {
    at_s = clicks.front();
    clicks.erase(clicks.begin());
  }
  note_press(window, at_s);
}

struct Waiting {
  ::Window window = 0;
  std::vector<double> clicks;  // seconds of the server
  double latest = -1;
};

// Called for each event that waits; takes none.
Bool look_at(Display* /*display*/, XEvent* event, XPointer to) {
  auto& waiting = *reinterpret_cast<Waiting*>(to);
  const auto seconds = [](Time ms) { return static_cast<double>(ms) / 1000; };
  if (event->type == MotionNotify) waiting.latest = seconds(event->xmotion.time);
  if (event->type != ButtonPress) return False;
  waiting.latest = seconds(event->xbutton.time);
  if (event->xbutton.window == waiting.window && event->xbutton.button == Button1)
    waiting.clicks.push_back(waiting.latest);
  return False;
}

// Where a frame takes long, what was done meanwhile is read all at once. GLFW does not say when
// that was, but the server does.
void look_for_clicks(GLFWwindow* window) {
  WindowEvents& events = events_of(window);
  events.clicks_at.clear();
  if (glfwGetPlatform() != GLFW_PLATFORM_X11) return;
  Waiting waiting{.window = glfwGetX11Window(window), .clicks = {}};
  XEvent none;
  XCheckIfEvent(glfwGetX11Display(), &none, look_at, reinterpret_cast<XPointer>(&waiting));
  if (waiting.latest < 0) return;
  // An event is read after it was made: the shortest time that this took is the truest.
  events.server_behind_s = std::min(events.server_behind_s, glfwGetTime() - waiting.latest);
  for (const double click : waiting.clicks)
    events.clicks_at.push_back(click + events.server_behind_s);
}

}  // namespace

void watch_input(GLFWwindow* window) {
  glfwSetKeyCallback(window, take_key);
  glfwSetCharCallback(window, [](GLFWwindow* w, unsigned) { touch(w); });
  glfwSetMouseButtonCallback(window, take_button);
  glfwSetScrollCallback(window, [](GLFWwindow* w, double, double) { touch(w); });
  glfwSetCursorPosCallback(window, [](GLFWwindow* w, double, double) { touch(w); });
  glfwSetCursorEnterCallback(window, [](GLFWwindow* w, int) { touch(w); });
  glfwSetWindowFocusCallback(window, [](GLFWwindow* w, int) { touch(w); });
  glfwSetFramebufferSizeCallback(window, [](GLFWwindow* w, int, int) { expose(w); });
  glfwSetWindowRefreshCallback(window, [](GLFWwindow* w) { expose(w); });
  glfwSetDropCallback(window, [](GLFWwindow* w, int count, const char** paths) {
    touch(w);
    auto& dropped = events_of(w).dropped;
    dropped.insert(dropped.end(), paths, paths + count);
  });
}

void read_events(GLFWwindow* window, double seconds) {
  look_for_clicks(window);
  glfwWaitEventsTimeout(seconds);
  events_of(window).clicks_at.clear();  // another window's, if any are left
}

}  // namespace headroom
