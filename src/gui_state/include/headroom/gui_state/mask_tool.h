#pragma once
#include "headroom/gui_state/painted_mask.h"

#include <vector>

namespace headroom {

// The tool that paints a mask on the canvas, as it is set. A plain value.
struct MaskTool {
  enum class Shape { kBrush, kBox, kFill };
  static constexpr int kLeastBrush_px = 4;
  static constexpr int kMostBrush_px = 400;

  bool on = false;
  Shape shape = Shape::kBrush;
  bool erases = false;
  int brush_px = 64;   // its width, in pixels of the mask
  int feather_px = 0;  // of a mask that is begun
  // What is being drawn with the button held: the mask with the stroke as far as it is, and where
  // it was begun.
  MaskPointer drawn;
  MaskPoint begun;
  MaskPoint last;
  bool pans = false;  // with Space held, the mouse moves the picture

  void close();  // what is being drawn is given up
  // To the next of sizes that each are about an eighth larger.
  void change_brush(bool larger);
};

// What is drawn of a mask, made anew only for another mask. A plain value.
class MaskLook {
 public:
  // `mask` is not null.
  void follow(const MaskPointer& mask);
  [[nodiscard]] const std::shared_ptr<const GreyImage>& grey() const { return grey_; }
  [[nodiscard]] const std::vector<MaskEdge>& edges() const { return edges_; }
  // Of the part that is used for a picture of `wanted`.
  [[nodiscard]] double share(const MaskPointer& mask, Size wanted);

 private:
  MaskPointer mask_;
  std::shared_ptr<const GreyImage> grey_;
  std::vector<MaskEdge> edges_;
  MaskPointer shared_of_;
  Size wanted_;
  double share_ = 0;
};

}  // namespace headroom
