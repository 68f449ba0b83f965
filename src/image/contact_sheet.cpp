#include "headroom/image/contact_sheet.h"

#include "headroom/core/error.h"
#include "headroom/image/resize.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace headroom {
namespace {

using Colour = std::array<std::uint8_t, 3>;
constexpr Colour kPaper{255, 255, 255};
constexpr Colour kInk{32, 32, 32};
constexpr Colour kEmpty{232, 232, 232};
constexpr int kMostSide_px = 16384;

using Lines = std::vector<std::string>;

// At most this many lines; if some are cut off, the last one ends in dots.
Lines cut_lines(Lines lines, int most) {
  if (static_cast<int>(lines.size()) <= most) return lines;
  lines.resize(static_cast<std::size_t>(std::max(most, 1)));
  lines.back() += "...";
  return lines;
}

// Positions and sizes of all parts, in px.
struct Layout {
  Size cell;
  int line = 0;
  int gap = 0;
  int left = 0;  // where the first column begins
  int top = 0;   // where the first row begins
  std::vector<Lines> columns;
  std::vector<Lines> rows;
  [[nodiscard]] int x(std::size_t column) const {
    return left + static_cast<int>(column) * (cell.width + gap);
  }
  [[nodiscard]] int y(std::size_t row) const {
    return top + static_cast<int>(row) * (cell.height + gap);
  }
  [[nodiscard]] Size size() const { return {x(columns.size()), y(rows.size())}; }
};

Layout lay_out(const ContactSheet& sheet, const Lettering& letters, double scale) {
  const auto scaled = [scale](int px) {
    return std::max(1, static_cast<int>(std::floor(px * scale)));
  };
  Layout layout;
  layout.cell = {scaled(sheet.cell.width), scaled(sheet.cell.height)};
  const int side = std::min(layout.cell.width, layout.cell.height);
  layout.line = std::clamp(side / 14, 15, 60);
  layout.gap = std::max(4, layout.line / 3);
  const int most_lines = std::max(1, layout.cell.height / layout.line);
  int row_width = 0;
  for (const std::string& label : sheet.rows) {
    // Row labels are at most half as wide as a picture, but wide enough for a word.
    const int room = std::max(layout.cell.width / 2, 8 * layout.line);
    Lines lines = cut_lines(letters.wrap(label, layout.line, room), most_lines);
    for (const std::string& line : lines) {
      row_width = std::max(row_width, letters.width(line, layout.line));
    }
    layout.rows.push_back(std::move(lines));
  }
  std::size_t column_lines = 0;
  for (const std::string& label : sheet.columns) {
    layout.columns.push_back(
        cut_lines(letters.wrap(label, layout.line, layout.cell.width), most_lines));
    column_lines = std::max(column_lines, layout.columns.back().size());
  }
  layout.left = row_width + (row_width > 0 ? 2 : 1) * layout.gap;
  layout.top =
      static_cast<int>(column_lines) * layout.line + (column_lines > 0 ? 2 : 1) * layout.gap;
  return layout;
}

bool is_too_large(Size size, std::int64_t most_pixels) {
  return std::int64_t{size.width} * size.height > most_pixels || size.width > kMostSide_px ||
         size.height > kMostSide_px;
}

void fill(Image& image, int left, int top, Size size, Colour colour) {
  for (int y = top; y < top + size.height; ++y) {
    for (int x = left; x < left + size.width; ++x) {
      const std::size_t first = 3 * (static_cast<std::size_t>(y) * image.width + x);
      std::copy(colour.begin(), colour.end(),
                image.rgb.begin() + static_cast<std::ptrdiff_t>(first));
    }
  }
}

void paste(Image& onto, const Image& image, int left, int top) {
  const std::size_t row = std::size_t{3} * image.width;
  for (int y = 0; y < image.height; ++y) {
    const std::size_t to = 3 * (static_cast<std::size_t>(top + y) * onto.width + left);
    std::memcpy(onto.rgb.data() + to, image.rgb.data() + row * y, row);
  }
}

// Draws a picture in the middle of its cell, shrunk if the sheet is.
void place(Image& onto, Image picture, const Layout& layout, double scale, int left, int top) {
  const auto side = [&](int px, int most) {
    return std::clamp(static_cast<int>(std::floor(px * scale)), 1, most);
  };
  const Size size{side(picture.width, layout.cell.width), side(picture.height, layout.cell.height)};
  if (size != Size{picture.width, picture.height}) {
    picture = resize_lanczos(picture, size.width, size.height);
  }
  paste(onto, picture, left + (layout.cell.width - size.width) / 2,
        top + (layout.cell.height - size.height) / 2);
}

void write_labels(Image& onto, const Layout& layout, const Lettering& letters) {
  for (std::size_t i = 0; i < layout.columns.size(); ++i) {
    int y = layout.gap;
    for (const std::string& line : layout.columns[i]) {
      const int width = letters.width(line, layout.line);
      letters.write(onto, layout.x(i) + std::max(0, (layout.cell.width - width) / 2), y,
                    layout.line, line, kInk);
      y += layout.line;
    }
  }
  for (std::size_t i = 0; i < layout.rows.size(); ++i) {
    const int height = static_cast<int>(layout.rows[i].size()) * layout.line;
    int y = layout.y(i) + std::max(0, (layout.cell.height - height) / 2);
    for (const std::string& line : layout.rows[i]) {
      const int x = layout.left - layout.gap - letters.width(line, layout.line);
      letters.write(onto, x, y, layout.line, line, kInk);
      y += layout.line;
    }
  }
}

}  // namespace

Image draw_sheet(const ContactSheet& sheet, const Lettering& letters, std::int64_t most_pixels) {
  if (sheet.columns.empty() || sheet.rows.empty() || sheet.cell.width < 1 ||
      sheet.cell.height < 1) {
    throw Error(ErrorKind::kInternal, "a sheet without columns, rows or a size");
  }
  double scale = 1;
  Layout layout = lay_out(sheet, letters, scale);
  while (is_too_large(layout.size(), most_pixels) && scale > 0.001) {
    scale *= 0.95;
    layout = lay_out(sheet, letters, scale);
  }
  const Size size = layout.size();
  Image drawn{size.width, size.height, {}};
  drawn.rgb.assign(std::size_t{3} * size.width * size.height, kPaper[0]);
  write_labels(drawn, layout, letters);
  for (std::size_t row = 0; row < sheet.rows.size(); ++row) {
    for (std::size_t column = 0; column < sheet.columns.size(); ++column) {
      const int left = layout.x(column);
      const int top = layout.y(row);
      if (auto picture = sheet.picture(column, row)) {
        place(drawn, *std::move(picture), layout, scale, left, top);
      } else {
        fill(drawn, left, top, layout.cell, kEmpty);
      }
    }
  }
  return drawn;
}

}  // namespace headroom
