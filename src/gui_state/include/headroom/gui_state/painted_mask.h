#pragma once
#include "headroom/core/image.h"
#include "headroom/core/size.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace headroom {

// A position in pixels of a mask: the upper left corner is 0, 0, the first pixel's centre 0.5,
// 0.5.
struct MaskPoint {
  double x = 0, y = 0;
};

// A part of a mask, [x0, x1) by [y0, y1).
struct MaskPart {
  int x0 = 0, y0 = 0, x1 = 0, y1 = 0;
};

// A straight piece of the border between painted and other pixels.
struct MaskEdge {
  int x = 0, y = 0;             // start of the piece
  int length = 0;               // to the right or downwards
  bool is_across = false;       // horizontal, else vertical
  bool is_paint_after = false;  // the painted side is below or to the right
};

// The part of a picture that is to be painted anew, as the user painted it: a grid over the
// picture with painted and other pixels, whose border may be soft. A plain value.
class PaintedMask {
 public:
  // A finer grid would make no difference: in the largest pictures one of its pixels is one
  // latent.
  static constexpr int kMostSide_px = 1024;
  static constexpr int kMostFeather_px = 100;

  // An empty mask for a picture of this size: one pixel for each of its pixels, or for several if
  // a side would be longer than kMostSide_px.
  explicit PaintedMask(Size picture);
  // From the result of grey(): what is at least half white is painted.
  PaintedMask(const GreyImage& grey, int feather_px);

  [[nodiscard]] Size size() const { return size_; }
  [[nodiscard]] bool at(int x, int y) const { return painted_[index(x, y)]; }

  // These functions affect pixels inside the grid only; `paint` false removes paint.
  // A stroke of a round brush from one point to another.
  void stroke(MaskPoint from, MaskPoint to, double diameter_px, bool paint);
  void box(MaskPoint corner, MaskPoint opposite, bool paint);
  // Changes all pixels that are connected with this one by their sides and have the same state:
  // fills an outline, or removes a patch.
  void flood(MaskPoint at, bool paint);
  void invert() { painted_.flip(); }

  // Half of the width of the soft border.
  [[nodiscard]] int feather_px() const { return feather_px_; }
  void set_feather(int px);

  [[nodiscard]] bool is_empty() const;
  // The painted share of `part`, 0..1; a soft border counts as hard.
  [[nodiscard]] double share(const MaskPart& part) const;
  // The part that remains when the picture is cropped to the shape of `wanted`, see fit().
  [[nodiscard]] MaskPart used_for(Size wanted) const;

  // 0 = kept, 255 = painted anew. Across a soft border the value rises with the distance from it,
  // half of the ramp on each side. Distances are by chamfer 3-4 (Borgefors 1986), at most 8 % off.
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
  // Distance of each pixel from the nearest one that is painted, or that is not, in thirds of a
  // pixel.
  [[nodiscard]] std::vector<int> distances_to(bool painted) const;
  void add_edges(bool across, std::vector<MaskEdge>& found) const;

  Size size_;
  int feather_px_ = 0;
  std::vector<bool> painted_;  // bit-packed, since the undo history holds many masks
};

// Shared by the draft and its undo steps; null: no mask.
using MaskPointer = std::shared_ptr<const PaintedMask>;

}  // namespace headroom
