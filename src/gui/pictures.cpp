#include "pictures.h"

#include "headroom/image/resize.h"

#include <algorithm>
#include <cmath>

namespace headroom {

const Texture& Pictures::thumbnail(const std::shared_ptr<const Image>& image) {
  Thumbnail& entry = thumbnails_[image.get()];
  if (!entry.texture) {
    entry.image = image;
    const double factor =
        std::min(1.0, 1.0 * thumbnail_px_ / std::min(image->width, image->height));
    const auto side = [&](int px) {
      return std::max(1, static_cast<int>(std::lround(px * factor)));
    };
    entry.texture = Texture(resize_lanczos(*image, side(image->width), side(image->height)));
  }
  return entry.texture;
}

void Pictures::keep_only(const std::vector<FinishedPicture>& session) {
  std::erase_if(thumbnails_, [&](const auto& entry) {
    return std::none_of(session.begin(), session.end(), [&](const FinishedPicture& picture) {
      return picture.picture.image.get() == entry.first;
    });
  });
}

}  // namespace headroom
