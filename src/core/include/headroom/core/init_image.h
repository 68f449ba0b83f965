#pragma once
#include "headroom/core/image.h"

#include <cstdint>
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
    std::string path{};  // where it was read, for this machine alone: no picture records it
    friend bool operator==(const File&, const File&) = default;
  };
  Image image;  // of the request's size
  File file;
  // Of the same size: 0 = kept, `repaint_full` = painted anew. What lies between is painted anew in
  // the last steps alone, in so large a part of them.
  std::optional<GreyImage> repaint;
  std::uint8_t repaint_full = 1;
  File mask_file;  // when there is `repaint`
};

}  // namespace headroom
