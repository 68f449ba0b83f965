#pragma once
#include "headroom/gui_actions/action_context.h"
#include "headroom/gui_state/start_picture.h"

#include <filesystem>

namespace headroom {

// Finds what records say that a picture started from, and makes it fit for a run. Main thread.
class StartFinder {
 public:
  explicit StartFinder(const ActionContext& context) : context_(context) {}

  // The picture with these bytes, wherever it may be: where it was, where another was found with
  // them, in the output folder, and in the folder of the picture `near` that tells of it, which may
  // be empty. Null when it is in none of them.
  [[nodiscard]] StartPicture find(const InitImage::File& wanted,
                                  const std::filesystem::path& near) const;

  // What a picture of `record` started from: picture and mask as far as they are found, else as far
  // as the record has them. Says what is missing.
  struct Start {
    StartPicture picture;
    MaskPointer mask;
  };
  [[nodiscard]] Start bring_back(const StartPicture& record, const std::filesystem::path& near);

  // The start of a request as its run takes it: read and of the request's size. `of_record` is for
  // requests that were written down; throws Error when its picture or mask is not there any more.
  [[nodiscard]] StartPicture of_record(const GenerationRequest& request);
  [[nodiscard]] StartPicture of_draft(const GenerationRequest& request);  // with its mask, kept

 private:
  [[nodiscard]] MaskOfStart keep_mask_of_draft();

  ActionContext context_;
  StartFitter fitter_;
};

}  // namespace headroom
