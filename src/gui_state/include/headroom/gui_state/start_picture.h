#pragma once
#include "headroom/core/generation.h"
#include "headroom/core/size.h"
#include "headroom/gui_state/painted_mask.h"
#include "headroom/image/extend.h"
#include "headroom/records/read_settings.h"

#include <filesystem>
#include <memory>

namespace headroom {

// A start picture. One that the user chose has its own size, one in a job has the job's size, and
// one that is only known from a record or could not be read has no pixels.
using StartPicture = std::shared_ptr<const InitImage>;

// Whether the picture was read.
[[nodiscard]] bool has_pixels(const InitImage& start);

// Reads a PNG or JPEG. Sets `has_transparency` when any pixel is transparent. Throws Error{kIo}.
[[nodiscard]] StartPicture read_start_picture(const std::filesystem::path& file,
                                              bool* has_transparency = nullptr);
// The start picture that a picture's settings describe, without pixels.
[[nodiscard]] StartPicture start_of_record(const ReadSettings::Start& start);
[[nodiscard]] StartPicture without_pixels(const InitImage& start);

// `request` with a start picture of its size but without pixels, which is enough for its checks
// and shape; `is_masked`: also with a mask.
[[nodiscard]] GenerationRequest with_start_of_size(GenerationRequest request,
                                                   bool is_masked = false);

// What is painted anew: a painted mask with its file in records, and margins around the picture.
struct MaskOfStart {
  MaskPointer mask;  // null: the whole picture is painted anew, or only the margins
  InitImage::File file{};
  Margins margins{};
  int unit = 1;  // of the model's sizes, px; see outpaint()
  friend bool operator==(const MaskOfStart&, const MaskOfStart&) = default;
};

// Extends start pictures by their margins, crops them and their masks to the shape of a size and
// resizes them, as the command line does. Caches the last result, so that consecutive jobs share
// it. One thread.
class StartFitter {
 public:
  // `start` must have pixels; a painted mask replaces its own.
  [[nodiscard]] StartPicture fit(const StartPicture& start, Size size,
                                 const MaskOfStart& mask = {});

 private:
  StartPicture last_;
  MaskOfStart last_mask_;
  StartPicture fitted_;
};

}  // namespace headroom
