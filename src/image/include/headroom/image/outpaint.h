#pragma once
#include "headroom/core/init_image.h"
#include "headroom/core/size.h"
#include "headroom/image/extend.h"

#include <string>

namespace headroom {

// Outpainting: a picture gets margins, which are painted anew.

// Of a picture with margins, px.
[[nodiscard]] Size extended_size(Size picture, const Margins& margins);

// The margins with which a picture of this size reaches whole multiples of `unit` px: what is
// missing beyond those that were asked for goes where there are some already, else to the right and
// to the bottom.
[[nodiscard]] Margins whole_units(Margins margins, Size picture, int unit);

// Extends the picture of `init`, and the mask that it may have, which is as large; its margins, and
// a soft seam of 2 units' width inside of them, are added to the mask. The name of the mask's file
// tells of it. `unit`: of the model's sizes, px; margins as extend() takes them.
void outpaint(InitImage& init, const Margins& margins, int unit);

// Takes the margins off what outpaint() has made of a mask's name; none when it tells of none.
[[nodiscard]] Margins take_margins(std::string& mask_name);

}  // namespace headroom
