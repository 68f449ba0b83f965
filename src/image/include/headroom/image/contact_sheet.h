#pragma once
#include "headroom/core/image.h"
#include "headroom/core/size.h"
#include "headroom/image/lettering.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace headroom {

// Pictures in rows and columns with labels above and beside them.
struct ContactSheet {
  std::vector<std::string> columns;  // labels; at least one column
  std::vector<std::string> rows;     // labels; at least one row
  Size cell;                         // size of the largest picture, px
  // Returns the picture of a cell. Each is asked for once, in order. Nothing: there is none, and
  // its cell stays empty.
  std::function<std::optional<Image>(std::size_t column, std::size_t row)> picture;
};

// Sheets with more pixels are drawn at a smaller scale.
inline constexpr std::int64_t kMostSheetPixels = 80'000'000;

// Draws the sheet: pictures in their own size, unless the sheet would have more than `most_pixels`
// pixels or a side of more than 16384 px. Labels are wrapped, and cut where they would be higher
// than the picture. Throws Error{kInternal} without columns, rows or a size.
[[nodiscard]] Image draw_sheet(const ContactSheet& sheet, const Lettering& letters,
                               std::int64_t most_pixels = kMostSheetPixels);

}  // namespace headroom
