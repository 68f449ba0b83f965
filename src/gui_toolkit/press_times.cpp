#include "headroom/gui_toolkit/press_times.h"

#include <imgui.h>
#include <imgui_internal.h>

namespace headroom {
namespace {

bool is_click(const ImGuiInputEvent& event) {
  return event.Type == ImGuiInputEventType_MouseButton && event.MouseButton.Down &&
         event.MouseButton.Button == ImGuiMouseButton_Left;
}

bool is_press(const ImGuiInputEvent& event) {
  if (event.Type == ImGuiInputEventType_MouseButton) return event.MouseButton.Down;
  return event.Type == ImGuiInputEventType_Key && event.Key.Down;
}

}  // namespace

void PressTimes::arrived(std::uint32_t id, double at_s) { waiting_.push_back({id, at_s}); }

std::optional<double> PressTimes::time_of(const ImGuiInputEvent& event) const {
  std::optional<double> at_s;
  for (const Press& press : waiting_) {
    if (press.id <= event.EventId) at_s = press.at_s;
  }
  return at_s;
}

std::optional<double> PressTimes::before_next_click(std::span<const ImGuiInputEvent> next) const {
  for (const ImGuiInputEvent& event : next) {
    if (!is_click(event)) continue;
    const auto at_s = time_of(event);
    return at_s ? std::optional(*at_s - last_click_) : std::nullopt;
  }
  return std::nullopt;
}

void PressTimes::follow(std::span<const ImGuiInputEvent> taken) {
  for (const ImGuiInputEvent& event : taken) {
    if (!is_press(event)) continue;
    const auto at_s = time_of(event);
    if (!at_s) continue;
    last_ = *at_s;
    if (is_click(event)) last_click_ = *at_s;
    while (!waiting_.empty() && waiting_.front().id <= event.EventId) waiting_.pop_front();
  }
}

}  // namespace headroom
