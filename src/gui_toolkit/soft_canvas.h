#pragma once
#include "frame_drawer.h"
#include "soft_texture.h"

#include <cstdint>
#include <vector>

#include <imgui.h>

namespace headroom {

// Draws Dear ImGui's triangles into main memory, by the rules of OpenGL: a pixel belongs to a
// triangle if its middle does, and of two triangles with a common edge to one. A command's texture
// id is the address of a SoftTexture.
class SoftCanvas {
 public:
  // Forgets what was drawn if the size, in pixels, is another one.
  void resize(int width, int height);
  [[nodiscard]] int width() const { return width_; }
  [[nodiscard]] int height() const { return height_; }
  // Rows of 0xFFRRGGBB.
  [[nodiscard]] const std::vector<std::uint32_t>& pixels() const { return pixels_; }

  // Draws the part inside `area` anew, over `background` (IM_COL32).
  void draw(const ImDrawData& data, const Area& area, unsigned background);

 private:
  struct Corner {
    double x = 0, y = 0;  // in pixels
    double u = 0, v = 0;
    ImU32 color = 0;
  };
  void draw_list(const ImDrawData& data, const ImDrawList& list, const PixelBox& area);
  void fill(const Corner& a, Corner b, Corner c, const PixelBox& clip, const SoftTexture& texture);

  int width_ = 0, height_ = 0;
  std::vector<std::uint32_t> pixels_;
};

}  // namespace headroom
