#include "headroom/gui_state/painted_mask.h"

#include <algorithm>
#include <cmath>

namespace headroom {
namespace {

Size grid_of(Size picture) {
  const int longest = std::max({picture.width, picture.height, 1});
  const double factor = std::min(1.0, 1.0 * PaintedMask::kMostSide_px / longest);
  const auto side = [&](int px) { return std::max(1, static_cast<int>(std::lround(px * factor))); };
  return {side(picture.width), side(picture.height)};
}

// Pixels whose centres are between `low` and `high`, limited to 0 .. `most`.
struct Range {
  int from, to;
};
Range pixels(double low, double high, int most) {
  const auto bound = [&](double at) {
    return static_cast<int>(std::clamp(std::ceil(at - 0.5), 0.0, 1.0 * most));
  };
  return {bound(low), bound(std::nextafter(high, high + 1))};
}

double squared_distance(MaskPoint p, MaskPoint from, MaskPoint to) {
  const double dx = to.x - from.x;
  const double dy = to.y - from.y;
  const double length = dx * dx + dy * dy;
  const double along =
      length > 0 ? std::clamp(((p.x - from.x) * dx + (p.y - from.y) * dy) / length, 0.0, 1.0) : 0;
  const double x = p.x - from.x - along * dx;
  const double y = p.y - from.y - along * dy;
  return x * x + y * y;
}

}  // namespace

PaintedMask::PaintedMask(Size picture)
    : size_(grid_of(picture)), painted_(index(0, size_.height), false) {}

PaintedMask::PaintedMask(const GreyImage& grey, int feather_px)
    : size_{grey.width, grey.height}, painted_(grey.grey.size()) {
  std::transform(grey.grey.begin(), grey.grey.end(), painted_.begin(),
                 [](std::uint8_t value) { return value >= 128; });
  set_feather(feather_px);
}

void PaintedMask::set_feather(int px) { feather_px_ = std::clamp(px, 0, kMostFeather_px); }

void PaintedMask::stroke(MaskPoint from, MaskPoint to, double diameter_px, bool paint) {
  const double radius = diameter_px / 2;
  const Range rows =
      pixels(std::min(from.y, to.y) - radius, std::max(from.y, to.y) + radius, size_.height);
  const Range columns =
      pixels(std::min(from.x, to.x) - radius, std::max(from.x, to.x) + radius, size_.width);
  for (int y = rows.from; y < rows.to; ++y) {
    for (int x = columns.from; x < columns.to; ++x) {
      if (squared_distance({x + 0.5, y + 0.5}, from, to) <= radius * radius)
        painted_[index(x, y)] = paint;
    }
  }
}

void PaintedMask::box(MaskPoint corner, MaskPoint opposite, bool paint) {
  const auto [top, bottom] = std::minmax(corner.y, opposite.y);
  const auto [left, right] = std::minmax(corner.x, opposite.x);
  const Range rows = pixels(top, bottom, size_.height);
  const Range columns = pixels(left, right, size_.width);
  for (int y = rows.from; y < rows.to; ++y) {
    const auto row = painted_.begin() + static_cast<std::ptrdiff_t>(index(0, y));
    if (columns.from < columns.to) std::fill(row + columns.from, row + columns.to, paint);
  }
}

void PaintedMask::flood(MaskPoint at, bool paint) {
  const auto inside = [&](int x, int y) {
    return x >= 0 && y >= 0 && x < size_.width && y < size_.height;
  };
  struct Pixel {
    int x, y;
  };
  std::vector<Pixel> left;
  const auto take = [&](int x, int y) {
    if (!inside(x, y) || painted_[index(x, y)] == paint) return;
    painted_[index(x, y)] = paint;
    left.push_back({x, y});
  };
  if (at.x < 0 || at.y < 0 || at.x >= size_.width || at.y >= size_.height) return;
  take(static_cast<int>(at.x), static_cast<int>(at.y));
  while (!left.empty()) {
    const Pixel p = left.back();
    left.pop_back();
    take(p.x - 1, p.y);
    take(p.x + 1, p.y);
    take(p.x, p.y - 1);
    take(p.x, p.y + 1);
  }
}

bool PaintedMask::is_empty() const {
  return std::find(painted_.begin(), painted_.end(), true) == painted_.end();
}

double PaintedMask::share(const MaskPart& part) const {
  std::ptrdiff_t painted = 0;
  for (int y = part.y0; y < part.y1; ++y) {
    const auto row = painted_.begin() + static_cast<std::ptrdiff_t>(index(0, y));
    painted += std::count(row + part.x0, row + part.x1, true);
  }
  const double all = 1.0 * (part.x1 - part.x0) * (part.y1 - part.y0);
  return all > 0 ? static_cast<double>(painted) / all : 0;
}

MaskPart PaintedMask::used_for(Size wanted) const {
  const auto side = [](double length, int most) {
    return std::clamp(static_cast<int>(std::lround(length)), 1, most);
  };
  const double ratio = 1.0 * std::max(1, wanted.width) / std::max(1, wanted.height);
  const int width = side(size_.height * ratio, size_.width);
  const int height = side(size_.width / ratio, size_.height);
  const int left = (size_.width - width) / 2;
  const int top = (size_.height - height) / 2;
  return {left, top, left + width, top + height};
}

std::vector<int> PaintedMask::distances_to(bool painted) const {
  constexpr int kFar = 3 * 4 * kMostSide_px;
  constexpr int kStraight = 3;
  constexpr int kDiagonal = 4;
  std::vector<int> found(painted_.size());
  std::transform(painted_.begin(), painted_.end(), found.begin(),
                 [&](bool is) { return is == painted ? 0 : kFar; });
  const auto near = [&](int& value, int x, int y, int step) {
    if (x >= 0 && y >= 0 && x < size_.width && y < size_.height)
      value = std::min(value, found[index(x, y)] + step);
  };
  // One pass from the upper left and one from the lower right.
  for (const int way : {-1, 1}) {
    for (int i = 0; i < size_.height; ++i) {
      const int y = way < 0 ? i : size_.height - 1 - i;
      for (int k = 0; k < size_.width; ++k) {
        const int x = way < 0 ? k : size_.width - 1 - k;
        int& value = found[index(x, y)];
        if (value == 0) continue;
        near(value, x + way, y, kStraight);
        near(value, x - 1, y + way, kDiagonal);
        near(value, x, y + way, kStraight);
        near(value, x + 1, y + way, kDiagonal);
      }
    }
  }
  return found;
}

GreyImage PaintedMask::grey() const {
  GreyImage out{size_.width, size_.height, {}};
  out.grey.reserve(painted_.size());
  if (feather_px_ == 0) {
    for (const bool is : painted_) out.grey.push_back(is ? 255 : 0);
    return out;
  }
  const std::vector<int> to_paint = distances_to(true);
  const std::vector<int> to_rest = distances_to(false);
  for (std::size_t i = 0; i < painted_.size(); ++i) {
    // Distance to the border, which is half a pixel before the nearest pixel on the other side.
    const double away = (painted_[i] ? to_rest[i] : to_paint[i]) / 3.0 - 0.5;
    const double rise = std::min(1.0, away / feather_px_) / 2;
    out.grey.push_back(
        static_cast<std::uint8_t>(std::lround(255 * (painted_[i] ? 0.5 + rise : 0.5 - rise))));
  }
  return out;
}

void PaintedMask::add_edges(bool across, std::vector<MaskEdge>& found) const {
  const int lines = across ? size_.height : size_.width;
  const int length = across ? size_.width : size_.height;
  const auto is = [&](int line, int along) { return across ? at(along, line) : at(line, along); };
  for (int line = 1; line < lines; ++line) {
    int begun = -1;
    for (int along = 0; along <= length; ++along) {
      const bool differs = along < length && is(line - 1, along) != is(line, along);
      const bool goes_on = differs && begun >= 0 && is(line, begun) == is(line, along);
      if (begun >= 0 && !goes_on) {
        found.push_back({.x = across ? begun : line,
                         .y = across ? line : begun,
                         .length = along - begun,
                         .is_across = across,
                         .is_paint_after = is(line, begun)});
        begun = -1;
      }
      if (differs && begun < 0) begun = along;
    }
  }
}

std::vector<MaskEdge> PaintedMask::edges() const {
  std::vector<MaskEdge> found;
  add_edges(true, found);
  add_edges(false, found);
  return found;
}

}  // namespace headroom
