#include "headroom/gui_toolkit/texture_cache.h"

#include "headroom/core/error.h"
#include "headroom/image/image_reader.h"
#include "headroom/image/resize.h"

#include <algorithm>
#include <cmath>

namespace headroom {

namespace {

constexpr int kPreview_px = 384;  // enlarged by the GPU

}  // namespace

const Texture& TextureCache::preview(const std::shared_ptr<const Image>& image) {
  if (image != preview_source_) {
    preview_source_ = image;
    const int factor = std::max(1, kPreview_px / std::max(image->width, image->height));
    preview_ = Texture(factor == 1
                           ? *image
                           : resize_lanczos(*image, factor * image->width, factor * image->height));
  }
  return preview_;
}

const Texture& TextureCache::start(const std::shared_ptr<const InitImage>& start) {
  if (start != start_source_) {
    start_source_ = start;
    start_ = Texture(fit(start->image, thumbnail_px_, thumbnail_px_));
  }
  return start_;
}

const Texture& TextureCache::start_on_canvas(const std::shared_ptr<const InitImage>& start) {
  return canvas_.show(std::shared_ptr<const Image>(start, &start->image));
}

const Texture& TextureCache::mask(const std::shared_ptr<const GreyImage>& opacity) {
  if (opacity != mask_source_) {
    mask_source_ = opacity;
    mask_ = Texture(*opacity);
  }
  return mask_;
}

std::shared_ptr<const Image> TextureCache::pixels(const FinishedPicture& picture) {
  if (picture.picture.image) return picture.picture.image;
  const Key key = key_of(picture);
  if (key == read_key_ && read_) return read_;
  if (gone_.contains(key)) return nullptr;
  try {
    read_ = std::make_shared<const Image>(read_image(picture.file));
    read_key_ = key;
    return read_;
  } catch (const Error&) {
    gone_.insert(key);
    return nullptr;
  }
}

const Texture* TextureCache::on_canvas(const FinishedPicture& picture) {
  const auto image = pixels(picture);
  return image ? &canvas_.show(image) : nullptr;
}

const Texture* TextureCache::beside(const FinishedPicture& picture) {
  const Key key = key_of(picture);
  if (key != beside_key_) {
    try {
      beside_ = Texture(picture.picture.image ? *picture.picture.image : read_image(picture.file));
    } catch (const Error&) {
      beside_ = {};
    }
    beside_key_ = key;
  }
  return beside_ ? &beside_ : nullptr;
}

const Texture* TextureCache::thumbnail(const FinishedPicture& picture) {
  const Key key = key_of(picture);
  const auto found = thumbnails_.find(key);
  if (found != thumbnails_.end()) return &found->second;
  if (gone_.contains(key)) return nullptr;
  std::shared_ptr<const Image> image = picture.picture.image;
  if (!image) {
    if (--reads_left_ < 0) return nullptr;
    // Not by pixels(), which would drop the canvas's pixels, to be read again in every frame.
    try {
      image = std::make_shared<const Image>(read_image(picture.file));
    } catch (const Error&) {
      gone_.insert(key);
      return nullptr;
    }
  }
  const double factor = std::min(1.0, 1.0 * thumbnail_px_ / std::min(image->width, image->height));
  const auto side = [&](int px) { return std::max(1, static_cast<int>(std::lround(px * factor))); };
  return &(thumbnails_[key] =
               Texture(resize_lanczos(*image, side(image->width), side(image->height))));
}

const Texture* TextureCache::sample(const std::filesystem::path& file) {
  auto [entry, is_new] = samples_.try_emplace(file);
  if (is_new) {
    try {
      entry->second = Texture(read_image(file));
    } catch (const Error&) {  // an empty texture is shown instead
    }
  }
  return entry->second ? &entry->second : nullptr;
}

std::int64_t TextureCache::bytes(const std::vector<FinishedPicture>& session) const {
  std::size_t all = read_ ? read_->rgb.size() : 0;
  for (const FinishedPicture& picture : session) {
    if (picture.picture.image) all += picture.picture.image->rgb.size();
  }
  return static_cast<std::int64_t>(all);
}

void TextureCache::keep_only(const std::vector<FinishedPicture>& session) {
  std::erase_if(thumbnails_, [&](const auto& entry) {
    return std::none_of(session.begin(), session.end(), [&](const FinishedPicture& picture) {
      return key_of(picture) == entry.first;
    });
  });
}

}  // namespace headroom
