#pragma once
#include "headroom/core/generation.h"
#include "headroom/core/size.h"
#include "headroom/gui_state/painted_mask.h"
#include "headroom/records/read_settings.h"

#include <filesystem>
#include <memory>

namespace headroom {

// The picture that the next one starts from. What a person chose has its own size; what is in a
// job, the job's; and what only a record tells of, or could not be read, has no pixels.
using StartPicture = std::shared_ptr<const InitImage>;

[[nodiscard]] bool has_pixels(const InitImage& start);

// Reads a PNG or JPEG. `has_transparency` is set when a pixel of it was. Throws Error{kIo}.
[[nodiscard]] StartPicture read_start_picture(const std::filesystem::path& file,
                                              bool* has_transparency = nullptr);
// What the settings in a picture say of its start, without pixels.
[[nodiscard]] StartPicture start_of_record(const ReadSettings::Start& start);
[[nodiscard]] StartPicture without_pixels(const InitImage& start);

// `request` with a start that has its size and no pixels, which is all that its checks and its
// shape ask for; `is_masked`: with a painted mask besides.
[[nodiscard]] GenerationRequest with_start_of_size(GenerationRequest request,
                                                   bool is_masked = false);

// A painted mask and the file that stands for it in records.
struct MaskOfStart {
  MaskPointer mask;  // null: all of the picture is painted anew
  InitImage::File file{};
};

// Cuts starts to the shape of a size and resizes them to it, masks as well; as the command line
// does. The last result is kept, so that jobs in a row share it. One thread.
class StartFitter {
 public:
  // `start` has pixels; a painted mask takes the place of its own.
  [[nodiscard]] StartPicture fit(const StartPicture& start, Size size,
                                 const MaskOfStart& mask = {});

 private:
  StartPicture last_;
  MaskPointer last_mask_;
  StartPicture fitted_;
};

}  // namespace headroom
