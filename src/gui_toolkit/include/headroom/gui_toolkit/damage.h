#pragma once
#include <cstddef>
#include <vector>

#include <imgui.h>

namespace headroom {

// A part of the screen, in Dear ImGui's coordinates.
struct Area {
  ImVec2 low;
  ImVec2 high;
  [[nodiscard]] bool empty() const { return low.x >= high.x || low.y >= high.y; }
};

// Finds out what has to be drawn again by comparing Dear ImGui's draw data with the last frame's.
// Without a GPU the pixels are by far the most expensive part of a frame, and a picture that is
// being made needs the CPU. Main thread.
class Damage {
 public:
  // Areas that do not overlap, in whole pixels, around what changed; none when nothing changed.
  [[nodiscard]] std::vector<Area> look(const ImDrawData& data);
  [[nodiscard]] Area screen() const { return screen_; }  // the whole screen at the last look()
  // Call when the screen's content was lost: the next look() returns the whole screen.
  void forget() { known_ = false; }

 private:
  struct Command {
    ImVec4 clip;
    ImTextureRef texture;
    std::size_t vertex_offset = 0;
    std::size_t first_index = 0;
    std::size_t indices = 0;
  };
  struct List {
    std::vector<ImDrawVert> vertices;
    std::vector<ImDrawIdx> indices;
    std::vector<Command> commands;
  };
  static List copy(const ImDrawList& list);
  static Area changed(const List& before, const List& now);
  static Area covered(const List& list, std::size_t from, std::size_t to, std::size_t from_command,
                      std::size_t to_command);

  bool known_ = false;
  Area screen_{};
  std::vector<List> lists_;
};

}  // namespace headroom
