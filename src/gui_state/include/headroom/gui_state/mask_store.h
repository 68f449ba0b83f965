#pragma once
#include "headroom/core/init_image.h"
#include "headroom/gui_state/painted_mask.h"

#include <filesystem>
#include <utility>

namespace headroom {

// Masks as files of a folder, so that they outlast the window: PNGs as `headroom generate --mask`
// takes them, which also hold how they were painted. Each has its name from its bytes. Main thread.
class MaskStore {
 public:
  // An empty folder: nothing is kept.
  explicit MaskStore(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // Name, hash and path of the file, written or not.
  [[nodiscard]] const InitImage::File& file_of(const MaskPointer& mask);
  // The same, once it is written. Throws Error{kIo}. The oldest files go when there are very many.
  const InitImage::File& keep(const MaskPointer& mask);
  // The mask with this hash, from where it was or from the folder; null when it is not there any
  // more, or is none that was painted here.
  [[nodiscard]] MaskPointer find(const InitImage::File& file) const;

 private:
  void forget_oldest() const;

  std::filesystem::path folder_;
  MaskPointer last_;  // and what was made of it
  std::string png_;
  InitImage::File file_;
};

}  // namespace headroom
