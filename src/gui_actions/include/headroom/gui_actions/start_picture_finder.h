#pragma once
#include "headroom/gui_actions/action_context.h"
#include "headroom/gui_state/start_picture.h"

#include <filesystem>

namespace headroom {

// Finds the start pictures that records refer to, and prepares them for a run. Main thread.
class StartPictureFinder {
 public:
  explicit StartPictureFinder(const ActionContext& context) : context_(context) {}

  // Finds the picture with the wanted content: at its old path, where a file with that content was
  // found before, in the output folder, and in the folder of `near`, the picture that refers to
  // it, which may be empty. Null when it is in none of these places.
  [[nodiscard]] StartPicture find(const InitImage::File& wanted,
                                  const std::filesystem::path& near) const;

  // The start of a picture with this record: picture and mask if they are found, otherwise what
  // the record has. Says what is missing.
  struct Start {
    StartPicture picture;
    MaskPointer mask;
    Margins outpaint{};
  };
  [[nodiscard]] Start bring_back(const StartPicture& record, const std::filesystem::path& near);

  // The start of a request as its run needs it: with pixels of the request's size. of_record() is
  // for requests that were stored, or read from the picture `near`, which may be empty; it finds
  // picture and mask as bring_back() does, and throws Error when one of them is gone.
  [[nodiscard]] StartPicture of_record(const GenerationRequest& request,
                                       const std::filesystem::path& near);
  // With its mask, which is saved as a file.
  [[nodiscard]] StartPicture of_draft(const GenerationRequest& request);

 private:
  // The draft's own start if it is the wanted one, else what find() finds.
  [[nodiscard]] StartPicture chosen_or_found(const InitImage::File& wanted,
                                             const std::filesystem::path& near) const;
  [[nodiscard]] MaskOfStart keep_mask_of_draft();

  ActionContext context_;
  StartFitter fitter_;
};

}  // namespace headroom
