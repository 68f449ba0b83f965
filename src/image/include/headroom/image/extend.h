#pragma once
#include "headroom/core/image.h"

namespace headroom {

// How far a picture is extended beyond each of its sides, in pixels, none negative.
struct Margins {
  int left = 0;
  int top = 0;
  int right = 0;
  int bottom = 0;
  friend bool operator==(const Margins&, const Margins&) = default;
};

// The picture with margins around it that continue the colours of its edge. Throws
// Error{kInternal} for a malformed picture or margins below 0.
[[nodiscard]] Image extend(const Image& image, const Margins& margins);

// A mask for an extended picture of this size: 255 in the margins, 0 inside, and along the inner
// edge of each margin a ramp, `feather_px` wide but at most half as wide as the inside.
[[nodiscard]] GreyImage margin_mask(int width, int height, const Margins& margins, int feather_px);

}  // namespace headroom
