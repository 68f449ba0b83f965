#pragma once
#include "headroom/core/image.h"

#include <optional>
#include <string>

namespace headroom {

// A picture that others start from, fitted to their size. Immutable once it is in a request.
struct InitImage {
  // Where it came from, for the record: what settings say of it cannot be followed blindly, since
  // the file may be another one by then.
  struct File {
    std::string name;    // without folders
    std::string sha256;  // of its bytes, 64 hexadecimal digits
  };
  Image image;  // of the request's size
  File file;
  std::optional<GreyImage> repaint;  // of the same size: 1 = painted anew, 0 = kept
  File mask_file;                    // when there is `repaint`
};

}  // namespace headroom
