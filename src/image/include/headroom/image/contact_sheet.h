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
  std::vector<std::string> columns;  // labels; one column at least
  std::vector<std::string> rows;     // likewise
  Size cell;                         // of the largest picture, px
  // The picture in a place, asked for once, one after the other; nothing: it is not there, and its
  // place stays empty.
  std::function<std::optional<Image>(std::size_t column, std::size_t row)> picture;
};

// Sheets above this are drawn smaller.
inline constexpr std::int64_t kMostSheetPixels = 80'000'000;

// Draws it: pictures as they are, unless the sheet would have more pixels than `most_pixels`, or
// sides of more than 16384 px. Labels are wrapped, and cut where they would take more than the
// picture's height. Throws Error{kInternal} without columns, rows or a size.
[[nodiscard]] Image draw_sheet(const ContactSheet& sheet, const Lettering& letters,
                               std::int64_t most_pixels = kMostSheetPixels);

}  // namespace headroom
