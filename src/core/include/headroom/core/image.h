#pragma once
#include <cstdint>
#include <vector>

namespace headroom {

// 8-bit sRGB, interleaved RGB rows, top row first; rgb.size() == 3 * width * height.
struct Image {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> rgb;
};

// One 8-bit channel, rows top first.
struct GreyImage {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> grey;
};

}  // namespace headroom
