#pragma once
#include "headroom/gui_state/painted_mask.h"
#include "headroom/gui_state/undo.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace headroom {

// The settings of the tool that paints a mask on the canvas. A plain value.
struct MaskTool {
  enum class Shape { kBrush, kBox, kFill };
  static constexpr int kLeastBrush_px = 4;
  static constexpr int kMostBrush_px = 400;

  bool on = false;
  Shape shape = Shape::kBrush;
  bool erases = false;
  int brush_px = 64;   // diameter in pixels of the mask
  int feather_px = 0;  // for a new mask
  // During a stroke, with the button held: the mask including the stroke so far, and where the
  // stroke began.
  MaskPointer drawn;
  MaskPoint begun;
  MaskPoint last;
  bool pans = false;  // while Space is held the mouse moves the picture
  // If opening it made a picture the start: the settings before and after, and that step.
  struct Opening {
    Settings before, after;
    std::uint64_t step = 0;
  };
  std::optional<Opening> opening;

  void close();  // drops an unfinished stroke; see also UiState::leave_mask_tool()
  // Goes to the next size; each is about an eighth larger than the one before.
  void change_brush(bool larger);
};

// What is drawn for a mask; computed again only when the mask changes. A plain value.
class MaskLook {
 public:
  // `mask` must not be null.
  void follow(const MaskPointer& mask);
  [[nodiscard]] const std::shared_ptr<const GreyImage>& grey() const { return grey_; }
  [[nodiscard]] const std::vector<MaskEdge>& edges() const { return edges_; }
  // The painted share of the part that a picture of size `wanted` uses.
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
