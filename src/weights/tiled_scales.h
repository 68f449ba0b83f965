#pragma once
#include <cstddef>
#include <cstdint>

namespace headroom {

inline constexpr std::int64_t kNvfp4Block = 16;  // values per scale
inline constexpr std::int64_t kMxfp8Block = 32;

// The order of block scales in nvfp4 and mxfp8: padded to tiles of 128 rows and 4 columns, 512
// bytes each.
class TileGrid {
 public:
  TileGrid(std::int64_t rows, std::int64_t columns)
      : tile_rows_((rows + 127) / 128), tile_columns_((columns + 3) / 4) {}

  [[nodiscard]] std::size_t bytes() const {
    return static_cast<std::size_t>(tile_rows_) * static_cast<std::size_t>(tile_columns_) * 512;
  }
  [[nodiscard]] std::size_t index(std::int64_t row, std::int64_t column) const {
    const std::int64_t tile = row / 128 * tile_columns_ + column / 4;
    return static_cast<std::size_t>(tile * 512 + row % 32 * 16 + row % 128 / 32 * 4 + column % 4);
  }

 private:
  std::int64_t tile_rows_;
  std::int64_t tile_columns_;
};

}  // namespace headroom
