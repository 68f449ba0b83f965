#pragma once
#include "headroom/core/image.h"

#include <cstdint>
#include <optional>
#include <string>

namespace headroom {

// A picture that a run starts from, resized to the request's size. Immutable once it is in a
// request.
struct InitImage {
  // Where the picture came from, for the record. The path in a picture's settings is not opened
  // without a check, since the file may have changed since then.
  struct File {
    std::string name;    // without folders
    std::string sha256;  // of its bytes, 64 hexadecimal digits
    std::string path{};  // where it was read; only for this machine, never written into pictures
    friend bool operator==(const File&, const File&) = default;
  };
  Image image;  // of the request's size
  File file;
  // A mask of the same size: 0 = kept, `repaint_full` = painted anew in all steps. A value in
  // between is painted anew only in the last steps, in proportion to it.
  std::optional<GreyImage> repaint;
  std::uint8_t repaint_full = 1;
  File mask_file;  // where the mask came from, when there is `repaint`
};

}  // namespace headroom
