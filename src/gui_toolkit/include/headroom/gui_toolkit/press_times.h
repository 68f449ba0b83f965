#pragma once
#include <cstdint>
#include <deque>
#include <optional>
#include <span>

struct ImGuiInputEvent;

namespace headroom {

// When buttons of the mouse and keys were pressed. Dear ImGui shows one press of a button a frame
// and forgets when it came: where frames take 0.3 s, a double click would be two clicks with half a
// second between them.
class PressTimes {
 public:
  // The press that is event `id`, or the first one after that.
  void arrived(std::uint32_t id, double at_s);
  // Of the events that the next frame takes: how long after the last click their first one was
  // made. Nothing without a click.
  [[nodiscard]] std::optional<double> before_next_click(
      std::span<const ImGuiInputEvent> next) const;
  // The events that a frame has taken.
  void follow(std::span<const ImGuiInputEvent> taken);
  // Of the last press that a frame has taken; long ago before the first.
  [[nodiscard]] double last() const { return last_; }

 private:
  struct Press {
    std::uint32_t id = 0;
    double at_s = 0;
  };
  [[nodiscard]] std::optional<double> time_of(const ImGuiInputEvent& event) const;

  std::deque<Press> waiting_;  // by id
  double last_ = -1e9;
  double last_click_ = -1e9;
};

}  // namespace headroom
