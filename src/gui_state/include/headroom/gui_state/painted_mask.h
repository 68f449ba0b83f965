#pragma once
#include "headroom/core/image.h"
#include "headroom/core/size.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace headroom {

// In pixels of a mask, whose upper left corner is 0, 0 and whose first pixel's middle 0.5, 0.5.
struct MaskPoint {
  double x = 0, y = 0;
};

// A part of a mask, [x0, x1) by [y0, y1).
struct MaskPart {
  int x0 = 0, y0 = 0, x1 = 0, y1 = 0;
};

// A straight piece of the line between what is painted and what is not, between pixels.
struct MaskEdge {
  int x = 0, y = 0;             // where it begins
  int length = 0;               // to the right, or down
  bool is_across = false;       // else it goes down
  bool is_paint_after = false;  // below it, or to its right; else before it
};

// What of a picture is to be painted anew, as a person painted it: each pixel of a grid over the
// picture is painted or is not, and the edge between them may be soft. A plain value.
class PaintedMask {
 public:
  // A finer grid has nothing to say: one of its pixels is a latent of the largest pictures.
  static constexpr int kMostSide_px = 1024;
  static constexpr int kMostFeather_px = 100;

  // Of a picture of this size, with nothing painted: a pixel for each of its pixels, or for
  // several where a side would be longer than kMostSide_px.
  explicit PaintedMask(Size picture);
  // What grey() gave: painted is what is at least half white.
  PaintedMask(const GreyImage& grey, int feather_px);

  [[nodiscard]] Size size() const { return size_; }
  [[nodiscard]] bool at(int x, int y) const { return painted_[index(x, y)]; }

  // All of these reach as far as the grid does. `paint` false takes paint away.
  // A round brush drawn from one point to another.
  void stroke(MaskPoint from, MaskPoint to, double diameter_px, bool paint);
  void box(MaskPoint corner, MaskPoint opposite, bool paint);
  // What is connected with this point by its sides and is as it is: an outline is filled, or a
  // patch taken away.
  void flood(MaskPoint at, bool paint);
  void invert() { painted_.flip(); }

  // Half of the width of the soft edge.
  [[nodiscard]] int feather_px() const { return feather_px_; }
  void set_feather(int px);

  [[nodiscard]] bool is_empty() const;
  // Of `part`, 0..1; the soft edge counts as hard.
  [[nodiscard]] double share(const MaskPart& part) const;
  // The part that remains when the picture is cut to the shape of `wanted`, see fit().
  [[nodiscard]] MaskPart used_for(Size wanted) const;

  // 0 = kept, 255 = painted anew; along a soft edge it rises with the distance from it, so that
  // half of it is on each side. Distances are those of chamfer 3-4 (Borgefors 1986), 8 % off at
  // most.
  [[nodiscard]] GreyImage grey() const;
  [[nodiscard]] std::vector<MaskEdge> edges() const;

  friend bool operator==(const PaintedMask& a, const PaintedMask& b) {
    return a.size_ == b.size_ && a.feather_px_ == b.feather_px_ && a.painted_ == b.painted_;
  }

 private:
  [[nodiscard]] std::size_t index(int x, int y) const {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(size_.width) +
           static_cast<std::size_t>(x);
  }
  // Of each pixel from the nearest that is painted, or not, in thirds of a pixel.
  [[nodiscard]] std::vector<int> distances_to(bool painted) const;
  void add_edges(bool across, std::vector<MaskEdge>& found) const;

  Size size_;
  int feather_px_ = 0;
  std::vector<bool> painted_;  // packed: the way back holds many of them
};

// Shared by the draft and the steps that lead back to it; null: no part is painted anew alone.
using MaskPointer = std::shared_ptr<const PaintedMask>;

}  // namespace headroom
