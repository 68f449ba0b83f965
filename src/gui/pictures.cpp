#include "pictures.h"

#include "headroom/image/resize.h"

#include <algorithm>
#include <cmath>

namespace headroom {

namespace {

constexpr int kPreview_px = 384;  // the graphics card enlarges the rest of the way

}  // namespace

const Texture& Pictures::preview(const std::shared_ptr<const Image>& image) {
  if (image != preview_source_) {
    preview_source_ = image;
    const int factor = std::max(1, kPreview_px / std::max(image->width, image->height));
    preview_ = Texture(factor == 1 ? *image
                                   : resize_lanczos(*image, factor * image->width,
                                                    factor * image->height));
  }
  return preview_;
}

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
