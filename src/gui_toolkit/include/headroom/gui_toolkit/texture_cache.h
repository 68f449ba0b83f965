#pragma once
#include "headroom/core/image.h"
#include "headroom/engine/generation_queue.h"
#include "headroom/gui_toolkit/texture.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <utility>
#include <vector>

namespace headroom {

// The textures of the session's pictures: the one on the canvas, the preview, and a thumbnail for
// each, scaled once. Pixels that the session no longer has are read from the picture's file; those
// of one picture are cached. Main thread.
class TextureCache {
 public:
  explicit TextureCache(int thumbnail_px) : thumbnail_px_(thumbnail_px) {}

  void begin_frame() { reads_left_ = 1; }
  // One file is read per frame; true if another thumbnail is needed, so that the window draws
  // again soon.
  [[nodiscard]] bool waits() const { return reads_left_ < 0; }

  // Null when the file is gone or no longer a picture.
  [[nodiscard]] std::shared_ptr<const Image> pixels(const FinishedPicture& picture);
  // The selected picture. Null likewise.
  [[nodiscard]] const Texture* on_canvas(const FinishedPicture& picture);
  // Another picture that is shown in its place. Null likewise.
  [[nodiscard]] const Texture* beside(const FinishedPicture& picture);
  Texture& on_canvas_texture() { return canvas_.texture(); }
  // Previews have few pixels, so the texture is smoothly enlarged to fill the canvas.
  const Texture& preview(const std::shared_ptr<const Image>& image);
  // A small texture of the start picture, which must have pixels.
  [[nodiscard]] const Texture& start(const std::shared_ptr<const InitImage>& start);
  // The same in full size, for the canvas.
  const Texture& start_on_canvas(const std::shared_ptr<const InitImage>& start);
  // White, with this brightness as opacity.
  const Texture& mask(const std::shared_ptr<const GreyImage>& opacity);
  // Null when there is no thumbnail, or not yet.
  [[nodiscard]] const Texture* thumbnail(const FinishedPicture& picture);
  // A sample picture of the model. Null when it cannot be read.
  [[nodiscard]] const Texture* sample(const std::filesystem::path& file);
  // Main memory that holds pixels for these textures and the canvas.
  [[nodiscard]] std::int64_t bytes(const std::vector<FinishedPicture>& session) const;
  // Drops the thumbnails of pictures that are not in `session`.
  void keep_only(const std::vector<FinishedPicture>& session);

 private:
  using Key = std::pair<JobId, int>;
  static Key key_of(const FinishedPicture& picture) { return {picture.job, picture.picture.index}; }

  int thumbnail_px_;
  int reads_left_ = 1;  // file reads left in this frame; < 0: another was needed
  PictureTexture canvas_;
  Key beside_key_{0, -1};
  Texture beside_;
  std::shared_ptr<const Image> preview_source_;
  Texture preview_;
  std::shared_ptr<const InitImage> start_source_;
  Texture start_;
  std::shared_ptr<const GreyImage> mask_source_;
  Texture mask_;
  std::map<Key, Texture> thumbnails_;
  Key read_key_{0, -1};
  std::shared_ptr<const Image> read_;
  std::set<Key> gone_;
  std::map<std::filesystem::path, Texture> samples_;
};

}  // namespace headroom
