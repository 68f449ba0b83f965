#pragma once
#include "headroom/core/image.h"
#include "headroom/engine/generation_queue.h"

#include "texture.h"

#include <map>
#include <memory>
#include <vector>

namespace headroom {

// The textures behind the session's pictures: the one on the canvas, the preview, and a thumbnail
// of each, scaled down once. Main thread.
class Pictures {
 public:
  explicit Pictures(int thumbnail_px) : thumbnail_px_(thumbnail_px) {}

  const Texture& on_canvas(const std::shared_ptr<const Image>& image) {
    return canvas_.show(image);
  }
  Texture& on_canvas_texture() { return canvas_.texture(); }
  // Previews have few pixels: this one is enlarged smoothly, so that it fills the canvas.
  const Texture& preview(const std::shared_ptr<const Image>& image);
  const Texture& thumbnail(const std::shared_ptr<const Image>& image);
  // Drops the thumbnails of pictures that are not in `session`.
  void keep_only(const std::vector<FinishedPicture>& session);

 private:
  struct Thumbnail {
    std::shared_ptr<const Image> image;  // keeps the address, which is the key, from being reused
    Texture texture;
  };
  int thumbnail_px_;
  PictureTexture canvas_;
  std::shared_ptr<const Image> preview_source_;
  Texture preview_;
  std::map<const Image*, Thumbnail> thumbnails_;
};

}  // namespace headroom
