#pragma once
#include <cstdint>
#include <vector>

namespace headroom {

// A texture for SoftCanvas, in main memory.
class SoftTexture {
 public:
  // `pixels`: rows of pixels with 3 channels (RGB) or 4 (RGBA). `has_halves`: also keeps smaller
  // copies, so that it looks right when it is drawn smaller.
  SoftTexture(int width, int height, int channels, const std::uint8_t* pixels, bool has_halves);

  struct Level {
    int width = 0, height = 0;
    std::vector<std::uint8_t> rgba;
  };
  // The copy to draw with `texels` of the whole texture to a pixel, in one direction.
  [[nodiscard]] const Level& level_for(double texels) const;

  bool hard = false;  // sharp pixel edges when it is enlarged

 private:
  std::vector<Level> levels_;  // each half as large as the one before
};

}  // namespace headroom
