#pragma once
#include "headroom/core/init_image.h"
#include "headroom/gui_state/painted_mask.h"

#include <filesystem>
#include <utility>

namespace headroom {

// Masks as files in a folder, so that they outlast the window: PNGs that `headroom generate
// --mask` accepts, which also contain how they were painted. A file's name comes from its content.
// Main thread.
class MaskStore {
 public:
  // With an empty path nothing is kept.
  explicit MaskStore(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // Name, hash and path of the mask's file, written or not.
  [[nodiscard]] const InitImage::File& file_of(const MaskPointer& mask);
  // The same, after writing the file. Throws Error{kIo}. Removes the oldest files when there are
  // very many.
  const InitImage::File& keep(const MaskPointer& mask);
  // The mask with this hash, from its earlier place or from the folder; null when it is gone or
  // was not painted here.
  [[nodiscard]] MaskPointer find(const InitImage::File& file) const;

 private:
  void forget_oldest() const;

  std::filesystem::path folder_;
  MaskPointer last_;  // the last mask, and its file
  std::string png_;
  InitImage::File file_;
};

}  // namespace headroom
