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

// The textures behind the session's pictures: the one on the canvas, the preview, and a thumbnail
// of each, scaled down once. Pixels that the session no longer holds are read from the picture's
// file; those of one picture are kept. Main thread.
class TextureCache {
 public:
  explicit TextureCache(int thumbnail_px) : thumbnail_px_(thumbnail_px) {}

  void begin_frame() { reads_left_ = 1; }
  // A thumbnail could not be read in this frame, since another was: draw again soon.
  [[nodiscard]] bool waits() const { return reads_left_ < 0; }

  // Null when the file is gone or no picture any more.
  [[nodiscard]] std::shared_ptr<const Image> pixels(const FinishedPicture& picture);
  // Null likewise.
  [[nodiscard]] const Texture* on_canvas(const FinishedPicture& picture);
  // Another one to be shown in its place. Null likewise.
  [[nodiscard]] const Texture* beside(const FinishedPicture& picture);
  Texture& on_canvas_texture() { return canvas_.texture(); }
  // Previews have few pixels: this one is enlarged smoothly, so that it fills the canvas.
  const Texture& preview(const std::shared_ptr<const Image>& image);
  // Of what the next picture starts from, small; it has pixels.
  [[nodiscard]] const Texture& start(const std::shared_ptr<const InitImage>& start);
  // The same as large as it is, on the canvas.
  const Texture& start_on_canvas(const std::shared_ptr<const InitImage>& start);
  // White, as opaque as this is bright.
  const Texture& mask(const std::shared_ptr<const GreyImage>& opacity);
  // Null when there is none, or none yet.
  [[nodiscard]] const Texture* thumbnail(const FinishedPicture& picture);
  // Of a file that comes with the model. Null when it cannot be read.
  [[nodiscard]] const Texture* sample(const std::filesystem::path& file);
  // Of main memory: the pixels that are held for these and for the canvas.
  [[nodiscard]] std::int64_t bytes(const std::vector<FinishedPicture>& session) const;
  // Drops the thumbnails of pictures that are not in `session`.
  void keep_only(const std::vector<FinishedPicture>& session);

 private:
  using Key = std::pair<JobId, int>;
  static Key key_of(const FinishedPicture& picture) { return {picture.job, picture.picture.index}; }

  int thumbnail_px_;
  int reads_left_ = 1;  // of files, in this frame; < 0: one more was wanted
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
